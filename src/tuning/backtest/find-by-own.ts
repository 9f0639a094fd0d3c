/** Past releases by what Sluice itself exported: phases, applied weights, and which rule was in breach. */
import type { Labels, Series } from '../../metrics/series.ts';
import type { Ending, FoundRelease, Recorded, Stretch } from './found-release.ts';

/** Each evaluated at the same regular steps. */
export interface OwnSeries {
  /** `sluice_release_info`. */
  readonly info: readonly Series[];
  /** `sluice_release_phase == 1`. */
  readonly phase: readonly Series[];
  /** `sluice_release_weight_ratio{source="applied"}`. */
  readonly applied: readonly Series[];
  /** `sluice_rule_verdict{verdict="breach"} == 1`. */
  readonly breach: readonly Series[];
  /** `sluice_rule_threshold{alert="critical"}`: which rules convict. */
  readonly critical: readonly Series[];
}

export function findByOwn(own: OwnSeries): readonly FoundRelease[] {
  const infos = new Map(own.info.map(({ labels }) => [keyOf(labels), labels]));
  return [...infos].flatMap(([key, labels]) => releaseOf(key, labels, own)).sort((a, b) => a.startMs - b.startMs);
}

const keyOf = (labels: Labels): string => `${labels['policy'] ?? ''}/${labels['release'] ?? ''}`;

const of = (series: readonly Series[], key: string): readonly Series[] =>
  series.filter(({ labels }) => keyOf(labels) === key);

function releaseOf(key: string, labels: Labels, own: OwnSeries): FoundRelease[] {
  const weights = appliedOf(of(own.applied, key));
  const [first] = weights;
  // A canary that never had traffic has shown nothing.
  if (first === undefined) return [];
  const end = endOf(of(own.phase, key));
  return [
    {
      version: labels['revision'] ?? '',
      stable: labels['stable'] === undefined || labels['stable'] === '' ? null : labels['stable'],
      startMs: first.fromMs,
      ...end,
      foundBy: ['own-metrics'],
      weights: weights.filter(({ fromMs }) => fromMs <= end.endMs),
      recorded: recordedOf(own, key, end),
    },
  ];
}

function appliedOf(series: readonly Series[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const samples = series.flatMap((each) => each.samples).toSorted((a, b) => a.atMs - b.atMs);
  for (const { atMs, value } of samples) {
    const percent = Math.round(value * 100);
    if ((stretches.at(-1)?.percent ?? 0) !== percent) stretches.push({ fromMs: atMs, percent, told: 'applied' });
  }
  const last = stretches.findIndex(({ percent }) => percent === 0);
  return last < 0 ? stretches : stretches.slice(0, last);
}

type End = Pick<FoundRelease, 'endMs' | 'ending'>;

/** How each phase ends a release, and whether its first or its last moment does. */
const endings: readonly (readonly [string, Ending])[] = [
  ['rollingBack', 'rolled back'],
  ['rolledBack', 'rolled back'],
  ['failed', 'went away'],
  ['promoting', 'promoted'],
  ['watching', 'promoted'],
  ['succeeded', 'promoted'],
];

function endOf(phases: readonly Series[]): End {
  for (const [phase, ending] of endings) {
    const first = phases.find(({ labels }) => labels['phase'] === phase)?.samples[0];
    if (first !== undefined) return { endMs: first.atMs, ending };
  }
  const lasts = phases.map(({ samples }) => samples.at(-1)?.atMs ?? 0);
  return { endMs: Math.max(0, ...lasts), ending: 'unknown' };
}

/** A verdict that stays after the rollback is the same one: its first moment counts. */
function recordedOf(own: OwnSeries, key: string, { endMs, ending }: End): Recorded {
  const convicting = new Set(of(own.critical, key).map(({ labels }) => labels['rule']));
  const breaches = of(own.breach, key)
    .filter(({ labels }) => convicting.has(labels['rule']))
    .map(({ labels, samples }) => ({ rule: labels['rule'] ?? null, atMs: samples[0]?.atMs ?? endMs }))
    .sort((a, b) => a.atMs - b.atMs);
  const [first] = ending === 'rolled back' ? breaches : [];
  return first ?? { rule: null, atMs: endMs };
}
