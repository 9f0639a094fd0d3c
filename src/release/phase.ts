/** What the phases have in common: which are over, which still can raise the weight, which step they stand at. */
import type { LogEntry } from './log.ts';
import type { Phase, PhaseName, Release } from './release.ts';

type Standing = 'forward' | 'promoted' | 'back' | 'over';

/** `forward`: on the way to 100 %; `promoted`: stable is becoming or has become the new revision. */
const standing: Readonly<Record<PhaseName, Standing>> = {
  preparing: 'forward',
  shifting: 'forward',
  baking: 'forward',
  promoting: 'promoted',
  watching: 'promoted',
  rollingBack: 'back',
  succeeded: 'over',
  rolledBack: 'over',
  failed: 'over',
};

export const phaseNames = Object.keys(standing) as readonly PhaseName[];

export const isOver = (release: Pick<Release, 'phase'>): boolean => standing[release.phase.phase] === 'over';

const endings: ReadonlySet<string> = new Set(['Succeeded', 'RolledBack', 'Failed']);

/** The line that ends a release: each stands in its log once. */
export const isEnding = ({ reason }: LogEntry): boolean => endings.has(reason);

/** The weight may still be on its way up. */
export const isForward = (release: Release): boolean => standing[release.phase.phase] === 'forward';

export const isPromoted = (release: Release): boolean => standing[release.phase.phase] === 'promoted';

/** Index into the plan; -1 while preparing; null where no step is under way. */
export function stepOf(phase: Phase): number | null {
  if (phase.phase === 'preparing') return -1;
  return 'step' in phase ? phase.step : null;
}

/** Canary percent that the present step wants, 0 while preparing, null where no step is under way. */
export function stepWeight(release: Release): number | null {
  const step = stepOf(release.phase);
  return step === null ? null : (release.plan.steps[step]?.weight ?? 0);
}
