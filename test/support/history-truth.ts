/** What is true of a made-up history, as data: versions and their share of the traffic, and everything that went wrong. */
import type { DeployPlan, HistoryPlan, Regression, Step } from './history-plan.ts';
import { minuteMs } from './history-plan.ts';

export interface Deploy {
  readonly version: string;
  readonly before: string;
  readonly startMs: number;
  readonly steps: readonly (Step & { readonly atMs: number })[];
  /** When it was promoted, or taken back. */
  readonly endMs: number;
  readonly outcome: 'promoted' | 'rolled back';
  readonly bad: (Regression & { readonly onsetMs: number }) | null;
}

export interface Event {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Truth {
  readonly firstVersion: string;
  readonly deploys: readonly Deploy[];
  /** Two minutes each, of one instance: the number is its place among those of the version that is stable. */
  readonly bursts: readonly (Event & { readonly pod: number; readonly ratio: number })[];
  readonly incident: (Event & { readonly ratio: number }) | null;
  readonly resets: readonly { readonly atMs: number; readonly pod: number }[];
  readonly away: readonly Event[];
}

export function truthOf(plan: HistoryPlan): Truth {
  const { fromMs, incident } = plan;
  const event = ({ afterMs, forMs }: { readonly afterMs: number; readonly forMs: number }): Event => ({
    fromMs: fromMs + afterMs,
    toMs: fromMs + afterMs + forMs,
  });
  return {
    firstVersion: versionName(0),
    deploys: deploysOf(plan),
    bursts: plan.bursts.map((afterMs, i) => ({
      ...event({ afterMs, forMs: 2 * minuteMs }),
      pod: i % plan.pods,
      ratio: 0.02,
    })),
    incident: incident === null ? null : { ...event(incident), ratio: incident.ratio },
    resets: plan.resets.map((afterMs, i) => ({ atMs: fromMs + afterMs, pod: i % plan.pods })),
    away: plan.away.map(event),
  };
}

const versionName = (number: number): string => `v1.${number}.0`;

function deploysOf({ fromMs, steps, deploys }: HistoryPlan): readonly Deploy[] {
  let before = versionName(0);
  return deploys.map((deploy, i) => {
    const made = deployOf(deploy, { fromMs, steps, before, version: versionName(i + 1) });
    if (made.outcome === 'promoted') before = made.version;
    return made;
  });
}

function deployOf(
  { afterMs, bad }: DeployPlan,
  given: Pick<HistoryPlan, 'fromMs' | 'steps'> & Pick<Deploy, 'before' | 'version'>,
): Deploy {
  const startMs = given.fromMs + afterMs;
  let atMs = startMs;
  const steps = given.steps.map((step) => {
    const begun = { ...step, atMs };
    atMs += step.bakeMs;
    return begun;
  });
  const common = { version: given.version, before: given.before, startMs, steps };
  if (bad === undefined) return { ...common, endMs: atMs, outcome: 'promoted', bad: null };
  const onsetMs = (steps[bad.step ?? 0]?.atMs ?? startMs) + (bad.afterMs ?? 0);
  const { rolledBackAfterMs = 20 * minuteMs } = bad;
  return rolledBackAfterMs === null
    ? { ...common, endMs: atMs, outcome: 'promoted', bad: { ...bad, onsetMs } }
    : { ...common, endMs: onsetMs + rolledBackAfterMs, outcome: 'rolled back', bad: { ...bad, onsetMs } };
}

/** Weight in percent of the deploy's version; the rest is of the one before. */
export const weightAt = ({ steps, startMs, endMs, outcome }: Deploy, atMs: number): number => {
  if (atMs < startMs) return 0;
  if (atMs >= endMs) return outcome === 'promoted' ? 100 : 0;
  return steps.findLast((step) => step.atMs <= atMs)?.weight ?? 0;
};

/** Share of the traffic that a version gets, from 0 to 1. */
export function shareAt({ deploys, firstVersion }: Truth, version: string, atMs: number): number {
  const now = deploys.findLast(({ startMs }) => startMs <= atMs);
  if (now === undefined) return version === firstVersion ? 1 : 0;
  const weight = weightAt(now, atMs) / 100;
  if (version === now.version) return weight;
  return version === now.before ? 1 - weight : 0;
}
