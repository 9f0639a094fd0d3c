/** Which series are the canary's and which are stable's: by version in a past release, by lot in a virtual one. */
import type { ArmMatch, Arms, Series } from '../../metrics/series.ts';
import { targetOf } from '../../metrics/series-key.ts';
import { countersOf } from '../../metrics/wanted-series.ts';
import type { Rule } from '../../rules/rule.ts';
import { seeded } from '../random.ts';
import type { SideChoice } from './brief.ts';
import type { Stretch } from './found-release.ts';
import { Interleaver } from './interleave.ts';

/** Which series are whose, as the weight goes up; `series` may be made of others. */
export interface Sides {
  look(
    series: readonly Series[],
    nowMs: number,
    weight: Stretch | null,
  ): { readonly series: readonly Series[]; readonly arms: Arms };
}

export interface SidesOptions {
  readonly seed: number;
  readonly measured: readonly Rule[];
  readonly lookbackMs: number;
}

export const sidesOf = (choice: SideChoice, { seed, measured, lookbackMs }: SidesOptions): Sides =>
  choice.by === 'version' ? sidesByVersion(choice) : sidesByLot({ seed, lookbackMs, counters: countersIn(measured) });

const countersIn = (rules: readonly Rule[]): ReadonlySet<string> =>
  new Set(rules.flatMap(({ sli }) => countersOf(sli)).map(({ metric }) => metric));

/** Metrics of the built-in proxy go by the revision, whatever label the service's own have. */
const proxyPrefix = 'sluice_proxy_';

function sidesByVersion({ label, canary, stable }: Extract<SideChoice, { by: 'version' }>): Sides {
  const side = (name: string, value: string | null): ArmMatch => ({ [name]: value === null ? [] : [value] });
  const arms: Arms = {
    canary: side(label, canary),
    stable: side(label, stable),
    own: [{ prefix: proxyPrefix, canary: side('revision', canary), stable: side('revision', stable) }],
  };
  return { look: (series) => ({ series, arms }) };
}

interface LotOptions {
  readonly seed: number;
  /** Metrics that count; the others are levels. */
  readonly counters: ReadonlySet<string>;
  readonly lookbackMs: number;
}

/** Some of the pods against the others; the increments of a single one dealt out, as if two had made them. */
function sidesByLot(options: LotOptions): Sides {
  let pods: readonly string[] | null = null;
  let split: { readonly weight: Stretch | null; readonly arms: Arms } | null = null;
  let single: Interleaver | null = null;
  return {
    look: (series, nowMs, weight) => {
      pods ??= shuffled(podsOf(series, options.counters), options.seed);
      if (pods.length === 0) pods = null;
      if (pods === null) return { series, arms: { canary: {}, stable: {} } };
      if (pods.length > 1) {
        // The same object as long as nothing changes, so that what is known of it stays known.
        if (split?.weight !== weight) split = { weight, arms: armsOfPods(pods, weight) };
        return { series, arms: split.arms };
      }
      single ??= new Interleaver(options);
      return single.look(series, nowMs, weight?.percent ?? 0);
    },
  };
}

const podsOf = (series: readonly Series[], counters: ReadonlySet<string>): readonly string[] =>
  [...new Set(series.filter(({ metric }) => counters.has(metric)).map(({ labels }) => targetOf(labels)))].sort();

/** Before the first weight the canary has its pods already, and nothing of them counts. */
function armsOfPods(pods: readonly string[], weight: Stretch | null): Arms {
  const wanted = Math.round((pods.length * (weight?.percent ?? 0)) / 100);
  const canary = weight?.percent === 100 ? pods.length : Math.min(pods.length - 1, Math.max(1, wanted));
  return { canary: { instance: pods.slice(0, canary) }, stable: { instance: pods.slice(canary) } };
}

/** Fisher and Yates' shuffle by a generator of the seed's own: the same history gives the same answer. */
function shuffled(names: readonly string[], seed: number): readonly string[] {
  const mixed = [...names];
  const random = seeded(seed);
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j] ?? '', mixed[i] ?? ''];
  }
  return mixed;
}
