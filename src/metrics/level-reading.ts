/** One level (CPU, memory, a computed number) over one answer: the arms' values by their newest samples. */
import type { Rule } from '../rules/rule.ts';
import type { Sli } from '../rules/sli.ts';
import { type Arm, armOf, seriesTest } from './matching.ts';
import type { Reading, WhyNothing } from './reading.ts';
import type { Arms, Sample, Series } from './series.ts';
import { targetOf } from './series-key.ts';
import { staleAfterMs, type TargetView, whyNotLive } from './target-view.ts';
import { expressionId } from './wanted-series.ts';

export type LevelSli = Extract<Sli, { readonly kind: 'gauge' | 'expression' }>;

export interface LevelLook {
  readonly rule: Rule;
  readonly sli: LevelSli;
  readonly series: readonly Series[];
  readonly arms: Arms;
  readonly views: ReadonlyMap<string, TargetView>;
  readonly nowMs: number;
  /** It was measured before in this release. */
  readonly seen: boolean;
  readonly absent: () => WhyNothing;
}

export function readLevel(look: LevelLook): Reading {
  const { nowMs, seen } = look;
  const nothing = (why: WhyNothing): Reading => ({ kind: 'nothing', atMs: nowMs, ...why });
  const canary = seriesOf(look, 'canary');
  const stable = seriesOf(look, 'stable');
  if (canary.length === 0) {
    const absent = look.absent();
    if (seen || stable.length > 0 || absent.reason !== 'NoSeries') return nothing(absent);
    return nothing({ reason: 'NotApplicable', message: `nothing measures it for either version: ${absent.message}` });
  }
  const ambiguous = ambiguity(look, [canary, stable]);
  if (ambiguous !== null) return nothing(ambiguous);
  const live = liveSamples(look, canary);
  if (live.samples.length === 0) return nothing({ reason: 'Stale', message: live.why });
  const value = aggregate(look.sli, live.samples);
  if (!Number.isFinite(value))
    return nothing({ reason: 'NotFinite', message: `the canary's value is ${value}: nothing can be said of it` });
  const others = liveSamples(look, stable).samples.filter((sample) => Number.isFinite(sample.value));
  return {
    kind: 'level',
    atMs: Math.max(...live.samples.map(({ atMs }) => atMs)),
    canary: value,
    stable: others.length === 0 ? null : aggregate(look.sli, others),
  };
}

/** The rule was measured at all in this answer, for the memory. */
export const isLevelSeen = (look: Omit<LevelLook, 'seen' | 'absent'>): boolean =>
  (['canary', 'stable'] as const).some((arm) => seriesOf(look, arm).length > 0);

function seriesOf({ rule, sli, series, arms }: Omit<LevelLook, 'seen' | 'absent'>, arm: Arm): readonly Series[] {
  if (sli.kind === 'expression') return series.filter(({ metric }) => metric === expressionId(rule, arm));
  const isWanted = seriesTest(sli.selector);
  return series.filter((each) => {
    const whose = isWanted(each) ? armOf(arms, each) : null;
    return whose === arm || whose === 'both';
  });
}

/** One value an instance is due: several that no instance's label tells apart can't be averaged with any meaning. */
function ambiguity(look: LevelLook, sides: readonly (readonly Series[])[]): WhyNothing | null {
  const { arms, sli } = look;
  if (sli.kind === 'gauge') {
    const shared = sides.flat().find((each) => armOf(arms, each) === 'both');
    return shared === undefined
      ? null
      : {
          reason: 'Ambiguous',
          message: `${shared.metric}${JSON.stringify(shared.labels)} matches the canary and stable`,
        };
  }
  const telling = new Set([...Object.keys(arms.canary), 'instance', 'pod']);
  for (const series of sides) {
    const names = new Set(series.map(({ labels }) => [...telling].map((label) => labels[label] ?? '').join('\n')));
    if (names.size < series.length)
      return {
        reason: 'Ambiguous',
        message: `the query gives ${series.length} series where one for each instance is due; let it keep one of the labels ${[...telling].join(', ')}, and no other`,
      };
  }
  return null;
}

interface Live {
  readonly samples: readonly Sample[];
  readonly why: string;
}

function liveSamples(look: LevelLook, series: readonly Series[]): Live {
  const checked = series.map((each) => ({ sample: each.samples.at(-1), why: whyStale(look, each) }));
  const samples = checked.flatMap(({ sample, why }) => (sample === undefined || why !== null ? [] : [sample]));
  return { samples, why: checked.flatMap(({ why }) => why ?? []).join('; ') };
}

/** A computed level has the time of the question, so its freshness is that of the targets it is computed from. */
function whyStale({ sli, arms, views, nowMs }: LevelLook, series: Series): string | null {
  if (sli.kind === 'expression') {
    const arm = series.metric.slice(series.metric.lastIndexOf(':') + 1);
    const sources = [...views.values()].filter(
      ({ added, up }) => up.length > 0 && armOf(arms, { metric: 'up', labels: added, samples: up }) === arm,
    );
    const whys = sources.map((view) => ({ view, why: whyNotLive(view, view.intervalMs, nowMs) }));
    const dead = whys.flatMap(({ view, why }) => (why === null ? [] : [`${view.name} ${why}`]));
    return sources.length > 0 && dead.length === sources.length ? dead.join('; ') : null;
  }
  const view = views.get(targetOf(series.labels));
  const intervalMs = view?.intervalMs ?? 0;
  const ageMs = nowMs - (series.samples.at(-1)?.atMs ?? 0);
  if (ageMs > staleAfterMs(intervalMs)) return `${series.metric} has its last sample ${Math.round(ageMs / 1000)} s ago`;
  const why = view === undefined ? null : whyNotLive(view, intervalMs, nowMs);
  return why === null ? null : `${view?.name ?? ''} ${why}`;
}

function aggregate({ aggregate: how }: LevelSli, samples: readonly Sample[]): number {
  const values = samples.map(({ value }) => value);
  return how === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
}
