/** The rollback as a report tells it: why, how long it took to recover, and whether it is known to have helped. */
import { type RollbackView, toRecoveryMs } from '../rollback-view.ts';
import type { Told } from './told.ts';

/** One thing that must be so again. */
export interface Verified {
  readonly what: string;
  readonly state: 'yes' | 'no' | 'unknown';
  readonly evidence: string;
}

export interface Recovery extends RollbackView {
  /** All traffic was taken from the revision; false: it waits for a person's word, or is under way. */
  readonly executed: boolean;
  /** From the first sign of the breach to weight 0. */
  readonly toRecoveryMs: number | null;
  readonly verified: readonly Verified[];
}

export const recoveryOf = (told: Told): Recovery | null => {
  const { rollback } = told.view;
  if (rollback === null) return null;
  return {
    ...rollback,
    executed: rollback.zeroAtMs !== null,
    toRecoveryMs: toRecoveryMs(rollback),
    verified: [stableServes(told), stableIsWell(rollback), checksPass(told), alertsCleared(told)],
  };
};

const stableServes = ({ release }: Told): Verified => {
  const what = 'stable serves everything';
  const stable = release.stableRevision ?? 'nothing';
  return release.phase.phase === 'rolledBack'
    ? { what, state: 'yes', evidence: `${stable}: weight 0 was read back, and the canary's backend serves nothing` }
    : { what, state: 'unknown', evidence: `not seen yet: the release is ${release.phase.phase}` };
};

const stableIsWell = ({ didNotHelp }: RollbackView): Verified => {
  const what = 'stable is within its critical rules again';
  return didNotHelp === null
    ? { what, state: 'unknown', evidence: 'nothing was seen against it' }
    : { what, state: 'no', evidence: didNotHelp };
};

type Seen = Omit<Verified, 'what'>;

const checksPass = (told: Told): Verified => {
  const seen = askedAfter(told, 'health') ?? { state: 'unknown', evidence: 'no check was asked after the rollback' };
  return { what: 'health checks pass', ...seen };
};

/** By what was asked after the rollback: rules were read before it. */
const alertsCleared = (told: Told): Verified => {
  const seen = askedAfter(told, 'alertmanager') ?? alertRules(told) ?? noAlerts;
  return { what: 'alerts cleared', ...seen };
};

const noAlerts: Seen = { state: 'unknown', evidence: 'no rule and no check asks for alerts' };

/** What is asked over and over is asked once more after a rollback; null: nothing of the kind was. */
function askedAfter({ release: { checks } }: Told, kind: 'alertmanager' | 'health'): Seen | null {
  const runs = checks
    .filter(({ demand }) => demand.kind === kind)
    .flatMap(({ demand: { name }, runs: all }) =>
      all.filter(({ place }) => place === 'afterRollback').map((run) => ({ ...run, name })),
    );
  if (runs.length === 0) return null;
  const evidence = runs.map(({ message, name, state }) => `${name} ${state}: ${message}`).join('; ');
  if (runs.some(({ state }) => state === 'failed')) return { state: 'no', evidence };
  return { state: runs.every(({ state }) => state === 'passed') ? 'yes' : 'unknown', evidence };
}

function alertRules({ view }: Told): Seen | null {
  const alerts = view.rules.filter(({ unit }) => unit === 'alert');
  if (alerts.length === 0) return null;
  const firing = alerts.filter(({ canary, stable }) => (canary ?? 0) > 0 || (stable ?? 0) > 0);
  const names = (firing.length === 0 ? alerts : firing).map(({ name }) => name).join(', ');
  const before = firing.length > 0 ? 'firing' : 'not seen firing';
  return { state: 'unknown', evidence: `${names} ${before} when it was taken back; no alert was asked for since` };
}
