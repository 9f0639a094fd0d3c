/** A scenario's series as a scrape at each moment would see them: measured by what measures in production. */

import type { Arms, Series } from '../metrics/series.ts';
import { createdKey, createdName } from '../metrics/series-key.ts';
import { countersOf, expressionId } from '../metrics/wanted-series.ts';
import type { Look } from '../reconcile/look.ts';
import type { Rule } from '../rules/rule.ts';
import { type Feed, type FeedSetting, nextOnGrid } from './feed.ts';
import { alertsMetric, GivenAlerts } from './given-alerts.ts';
import type { GivenSeries, Metrics } from './scenario.ts';

const armLabel = 'arm';

export const givenArms: Arms = { canary: { [armLabel]: ['canary'] }, stable: { [armLabel]: ['stable'] } };

/** Samples that one answer shows of a series. */
const shown = 4;

type Arm = 'canary' | 'stable';

export class GivenMetrics implements Feed {
  readonly #setting: FeedSetting;
  readonly #series: readonly GivenSeries[];
  readonly #length: number;
  readonly #alerts: GivenAlerts;

  constructor(rules: readonly Rule[], given: Extract<Metrics, { readonly kind: 'series' }>, setting: FeedSetting) {
    this.#setting = setting;
    const all = (['canary', 'stable'] as const).flatMap((arm) => given[arm].map((each) => ofArm(rules, arm, each)));
    const own = all.filter(({ metric }) => metric !== alertsMetric);
    const counters = new Set(rules.flatMap(({ sli }) => countersOf(sli).map(({ metric }) => metric)));
    this.#series = [
      ...own,
      ...createdOf(
        own.filter(({ metric }) => counters.has(metric)),
        setting,
      ),
      ...upOf(own),
    ];
    this.#alerts = new GivenAlerts(rules, [...all, ...given.neither], setting);
    this.#length = Math.max(0, ...[...all, ...given.neither].map(({ values }) => values.length));
  }

  /** From the start to the last value of the longest series. */
  get endMs(): number {
    return Math.max(0, this.#length - 1) * this.#setting.intervalMs;
  }

  next(afterMs: number): number {
    return nextOnGrid(afterMs, this.#setting.intervalMs);
  }

  pass(): void {}

  change(): void {}

  isResumed = (): boolean => false;

  look(atMs: number, metrics: 'there' | 'away'): Look {
    const { intervalMs, startMs } = this.#setting;
    const common = { source: 'the scenario', receivedAtMs: startMs + atMs };
    if (metrics === 'away')
      return { answer: { kind: 'failed', ...common, reason: 'Unreachable', message: 'the metrics are away' } };
    const now = Math.round(atMs / intervalMs);
    const from = Math.max(0, now - shown + 1);
    const series: Series[] = [];
    for (const { labels, metric, values } of this.#series) {
      const samples: { readonly atMs: number; readonly value: number }[] = [];
      for (let n = from; n <= now; n += 1) {
        const value = values[n];
        if (value !== undefined && value !== null) samples.push({ atMs: startMs + n * intervalMs, value });
      }
      if (samples.length > 0) series.push({ metric, labels, samples });
    }
    return { answer: { kind: 'series', ...common, series, alerts: this.#alerts.firing(now) } };
  }
}

/** A level that a source would compute is given under the name of its rule. */
function ofArm(rules: readonly Rule[], arm: Arm, { labels, metric, values }: GivenSeries): GivenSeries {
  const computed = rules.find(({ name, sli }) => name === metric && sli.kind === 'expression');
  return {
    metric: computed === undefined ? metric : expressionId(computed, arm),
    labels: { instance: `${arm}-1`, ...labels, [armLabel]: arm },
    values,
  };
}

/** Each counter that falls was begun anew just before: the evidence that a real process gives of its restart. */
function createdOf(counters: readonly GivenSeries[], { intervalMs, startMs }: FeedSetting): readonly GivenSeries[] {
  const families = Map.groupBy(
    counters,
    (each) => `${createdKey({ ...each, samples: [] }, {})} ${each.labels['instance']}`,
  );
  return [...families.values()].flatMap((family) => {
    const [first] = family;
    if (first === undefined) return [];
    const { le: _le, ...labels } = first.labels;
    let createdMs = startMs - 3_600_000;
    const length = Math.max(...family.map(({ values }) => values.length));
    const values = Array.from({ length }, (_, n) => {
      if (family.some((each) => falls(each, n))) createdMs = startMs + (n - 0.5) * intervalMs;
      return family.some((each) => isGiven(each, n)) ? createdMs / 1_000 : null;
    });
    return [{ metric: createdName(first.metric), labels, values }];
  });
}

function falls({ values }: GivenSeries, n: number): boolean {
  const value = values[n];
  if (value === undefined || value === null) return false;
  for (let before = n - 1; before >= 0; before -= 1) {
    const earlier = values[before];
    if (earlier !== undefined && earlier !== null) return value < earlier;
  }
  return false;
}

const isGiven = ({ values }: GivenSeries, n: number): boolean => values[n] !== undefined && values[n] !== null;

/** An instance is up whenever anything of it was scraped. */
function upOf(series: readonly GivenSeries[]): readonly GivenSeries[] {
  const instances = Map.groupBy(series, ({ labels }) => `${labels[armLabel]} ${labels['instance']}`);
  return [...instances.values()].map((own) => {
    const { instance = '', [armLabel]: arm = '' } = own[0]?.labels ?? {};
    const length = Math.max(...own.map(({ values }) => values.length));
    const values = Array.from({ length }, (_, n) => (own.some((each) => isGiven(each, n)) ? 1 : null));
    return { metric: 'up', labels: { instance, [armLabel]: arm }, values };
  });
}
