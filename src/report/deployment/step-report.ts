/** Each step as it was planned, and as it went. */
import type { Step } from '../../release/plan.ts';
import { stepHistory } from '../step-history.ts';
import type { Told } from './told.ts';

export interface StepReport {
  /** Canary percent. */
  readonly weight: number;
  readonly bakeMs: number;
  /** Canary instances that the plan asks for, as it says it: a number, or a percentage of stable's; null: what the weight needs. */
  readonly replicas: number | string | null;
  readonly reachedAtMs: number | null;
  /** From there to the next step, or to what ended it; null: never reached. */
  readonly tookMs: number | null;
  /** Share of the requests that was seen on the canary before the bake began. */
  readonly observedPercent: number | null;
  readonly requests: number | null;
}

export const stepReports = ({ chart, endMs, log, release, view }: Told): readonly StepReport[] => {
  const history = stepHistory(view, log);
  const ends = [...history.slice(1).map(({ reachedAtMs }) => reachedAtMs), null];
  const lastMs = endOfSteps(log) ?? chart.weight.promotedAtMs ?? endMs;
  return history.map((step, at) => ({
    ...step,
    bakeMs: release.plan.steps[at]?.bakeMs ?? 0,
    replicas: wordOf(release.plan.steps[at]?.replicas ?? null),
    tookMs: step.reachedAtMs === null ? null : Math.max(0, (ends[at] ?? lastMs) - step.reachedAtMs),
  }));
};

const wordOf = (replicas: Step['replicas']): StepReport['replicas'] =>
  typeof replicas === 'object' && replicas !== null ? `${replicas.percentOfStable}%` : replicas;

/** When it was decided that they are over, one way or the other. */
const endOfSteps = (log: Told['log']): number | null =>
  log.find(({ data }) => data['decision'] === 'promote' || data['decision'] === 'rollback')?.atMs ?? null;
