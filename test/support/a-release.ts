/** Releases, verdicts and facts of a story that goes well, to be changed by what a test is about. */
import type { Facts } from '../../src/gate/facts.ts';
import { type Beginning, begin } from '../../src/release/begin.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import type { Phase, Release } from '../../src/release/release.ts';
import type { PolicyState } from '../../src/release/store.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { aRule } from './a-rule.ts';

export const startMs = Date.UTC(2026, 0, 5, 12, 0, 0);

export const aPolicy = (given: Partial<PolicyState> = {}): PolicyState => ({
  policy: 'app',
  stable: 'v1',
  previous: null,
  frozen: [],
  attested: [],
  revisions: {},
  version: 0,
  ...given,
});

export const aBeginning = (given: Partial<Beginning> = {}): Beginning => ({
  id: 'app-1',
  state: aPolicy(),
  revision: 'v2',
  spec: { kind: 'command', command: ['serve'], env: {}, cwd: null, healthPath: '/healthz', replicas: 4 },
  plan: defaultPlan,
  rules: {
    rules: [aRule(), aRule({ name: 'response_time_p95', alert: 'warning' })],
    hash: 'abc',
    file: 'rules/production.yaml',
  },
  noCritical: 'refused',
  judge: defaultJudgeSettings,
  mode: 'enforce',
  compression: 1,
  unjudgeable: [],
  startedBy: 'ada',
  nowMs: startMs,
  ...given,
});

/** A release as `begin` makes it, changed by `given`. */
export function aRelease(given: Partial<Release> = {}): Release {
  const begun = begin(aBeginning());
  if (!begun.ok) throw new Error(begun.error.message);
  return { ...begun.value.release, ...given };
}

const weights: Readonly<Record<Phase['phase'], number>> = {
  preparing: 0,
  shifting: 25,
  baking: 25,
  promoting: 100,
  watching: 0,
  rollingBack: 0,
  succeeded: 0,
  rolledBack: 0,
  failed: 0,
};

export const aCause = { reason: 'Breach', message: 'error_rate 5 %.', rule: 'error_rate', atMs: startMs, data: {} };

/** One of each phase, at its most ordinary. */
export const phases: { readonly [P in Phase['phase']]: Phase & { readonly phase: P } } = {
  preparing: { phase: 'preparing', spentMs: 0 },
  shifting: { phase: 'shifting', step: 0, waitedMs: 0, spentMs: 0, bakedMs: 0 },
  baking: {
    phase: 'baking',
    step: 0,
    bakedMs: 600_000,
    verified: { by: 'requests', observedPercent: 25, requests: 1_000 },
  },
  promoting: { phase: 'promoting', spentMs: 0 },
  watching: { phase: 'watching', watchedMs: 0 },
  rollingBack: {
    phase: 'rollingBack',
    cause: aCause,
    from: 25,
    undo: false,
    spentMs: 0,
    zeroAtMs: null,
    drainedMs: 0,
    emptyAtMs: null,
  },
  succeeded: { phase: 'succeeded', endedAtMs: startMs },
  rolledBack: { phase: 'rolledBack', cause: aCause, endedAtMs: startMs, zeroAtMs: startMs, emptyAtMs: startMs },
  failed: { phase: 'failed', cause: aCause, endedAtMs: startMs },
};

/** A release in that phase with its weight applied and nothing wrong; `given` on top. */
export function inPhase(phase: Phase, given: Partial<Release> = {}): Release {
  const begun = aRelease();
  const step = 'step' in phase ? begun.plan.steps[phase.step] : undefined;
  const weight = step?.weight ?? weights[phase.phase];
  const hadTraffic = phase.phase !== 'preparing';
  return {
    ...begun,
    phase,
    weight: {
      ...begun.weight,
      desired: weight,
      applied: weight,
      reached: hadTraffic ? Math.max(25, weight) : 0,
      appliedAtMs: startMs,
      firstTrafficAtMs: hadTraffic ? startMs : null,
      raisedAtMs: hadTraffic ? startMs : null,
      observedPercent: weight,
      observedRequests: 1_000,
      routerStartedAtMs: startMs,
      seenByEpoch: 1,
    },
    ...given,
  };
}

export const aVerdict = (given: Partial<Verdict> = {}): Verdict => ({
  rule: 'error_rate',
  alert: 'critical',
  kind: 'pass',
  outcome: 'none',
  reason: 'Compatible',
  message: 'error_rate 0.03 % over 5m, limit 0.1%',
  canary: 0.0003,
  stable: 0.0003,
  limit: 0.001,
  events: 5_000,
  stepEvents: 5_000,
  lnAbsolute: 0,
  lnRelative: 0,
  lnHealth: 3,
  lnConvict: 8.7,
  errorsToConvict: 11,
  advisory: false,
  ...given,
});

export const breach = (given: Partial<Verdict> = {}): Verdict =>
  aVerdict({ kind: 'breach', outcome: 'rollback', reason: 'Breach', message: 'error_rate 5 %, limit 0.1%', ...given });

const healthy = {
  known: true,
  wanted: 4,
  ready: 4,
  enough: true,
  restarts: 0,
  trouble: '',
  failure: null,
  probes: 'pass',
} as const;

/** Facts under which nothing objects. */
export function someFacts(release: Release, given: Partial<Facts> = {}): Facts {
  const warning = aVerdict({ rule: 'response_time_p95', alert: 'warning' });
  return {
    nowMs: startMs + 600_000,
    release,
    verdicts: [aVerdict(), warning],
    route: { fresh: true, applied: release.weight.applied, problem: null, writer: null },
    canary: healthy,
    stable: healthy,
    checks: [],
    missingApprovals: [],
    ...given,
  };
}
