/** The canary's weight over time: as decided and as read back, in steps; and the share that was seen. */
import type { JournalSpan } from '../../release/journal-span.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';

export interface WeightPoint {
  readonly atMs: number;
  readonly percent: number;
}

export interface WeightChart {
  /** Each holds until the next one. */
  readonly desired: readonly WeightPoint[];
  readonly applied: readonly WeightPoint[];
  /** Canary share of the requests since the weight was written; absent where the router does not count. */
  readonly observed: readonly WeightPoint[];
  /** From then on everybody is served by the new revision as stable, at weight 0; null: not (yet). */
  readonly promotedAtMs: number | null;
}

type Begun = Pick<Release, 'plan' | 'startedAtMs'>;

export const weightChart = (release: Begun, log: readonly LogEntry[], spans: readonly JournalSpan[]): WeightChart => ({
  desired: changes([{ atMs: release.startedAtMs, percent: 0 }, ...decided(release, log)]),
  applied: changes([{ atMs: release.startedAtMs, percent: 0 }, ...log.flatMap(found)]),
  observed: spans.flatMap(({ sent, toMs }) => {
    const all = sent === null ? 0 : sent[0] + sent[1];
    return sent === null || all === 0
      ? []
      : [{ atMs: release.startedAtMs + toMs, percent: tidy((100 * sent[0]) / all) }];
  }),
  promotedAtMs: log.find(({ reason }) => reason === 'Promoted')?.atMs ?? null,
});

const tidy = (value: number): number => Number(value.toPrecision(4));

function decided({ plan }: Begun, log: readonly LogEntry[]): readonly WeightPoint[] {
  let step = -1;
  return log.flatMap((entry): readonly WeightPoint[] => {
    const { atMs, data, reason } = entry;
    if (data['decision'] === 'rollback' || reason === 'Promoted') return [{ atMs, percent: 0 }];
    if (data['decision'] === 'advance') {
      step += 1;
      return [{ atMs, percent: plan.steps[step]?.weight ?? 100 }];
    }
    const { desired } = data;
    return typeof desired === 'number' && typeof data['found'] === 'number' ? [{ atMs, percent: desired }] : [];
  });
}

const found = ({ atMs, data }: LogEntry): readonly WeightPoint[] => {
  const { found: percent } = data;
  return typeof percent === 'number' ? [{ atMs, percent }] : [];
};

const changes = (points: readonly WeightPoint[]): readonly WeightPoint[] =>
  points.filter(({ percent }, at) => at === 0 || percent !== points[at - 1]?.percent);
