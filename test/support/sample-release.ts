/** A release as a test wants it: begun by the product's own code with two rules, then changed where the test says so. */
import { begin } from '../../src/release/begin.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import type { PolicyState } from '../../src/release/store.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { aRule } from './a-rule.ts';

export const startedAtMs = Date.UTC(2026, 0, 15, 12, 0, 0);

const requests = { metric: 'http_requests_total', matchers: [] };

export const errorRate = aRule({
  sli: {
    kind: 'ratio',
    bad: { metric: 'http_requests_total', matchers: [{ label: 'code', op: '=~', value: '5..' }] },
    total: requests,
  },
  at: { file: 'rules/production.yaml', line: 2 },
});

export const latency = aRule({
  name: 'response_time_p95',
  alert: 'warning',
  thresholdText: '500ms',
  threshold: { kind: 'seconds-above', seconds: 0.5 },
  sli: {
    kind: 'latency',
    histogram: { metric: 'http_request_duration_seconds', matchers: [] },
    quantile: 0.95,
    bound: 0.5,
    unitsPerSecond: 1,
    snap: false,
  },
  minEvents: 60,
  at: { file: 'rules/production.yaml', line: 3 },
});

export const passing = (rule: Rule, change: Partial<Verdict> = {}): Verdict => ({
  rule: rule.name,
  alert: rule.alert,
  kind: 'pass',
  outcome: 'none',
  reason: 'Compatible',
  message: `${rule.name} is within its limit`,
  canary: 0.0003,
  stable: 0.0003,
  limit: rule.sli.kind === 'latency' ? 0.05 : 0.001,
  events: 12_400,
  stepEvents: 8_000,
  lnAbsolute: 0,
  lnRelative: 0,
  lnHealth: 3.5,
  lnConvict: 8.7,
  errorsToConvict: 11,
  advisory: false,
  ...change,
});

export const samplePolicy: PolicyState = {
  policy: 'app',
  stable: 'v1.8.2',
  previous: null,
  frozen: [],
  attested: [],
  revisions: {},
  version: 1,
};

export const sampleRelease = (change: Partial<Release> = {}): Release => {
  const begun = begin({
    id: 'app-3f2a',
    state: samplePolicy,
    revision: 'v1.9.0',
    spec: { kind: 'endpoints', urls: ['http://127.0.0.1:9'], healthPath: null },
    plan: defaultPlan,
    rules: { rules: [errorRate, latency], hash: 'aabbccddeeff', file: 'rules/production.yaml' },
    noCritical: 'refused',
    judge: defaultJudgeSettings,
    mode: 'enforce',
    compression: 1,
    unjudgeable: [],
    startedBy: 'ann@laptop',
    nowMs: startedAtMs,
  });
  if (!begun.ok) throw new Error(begun.error.message);
  return { ...begun.value.release, ...change };
};

/** At 50 %, 7 minutes and 42 seconds before 100 %, everything well. */
export const bakingRelease = (change: Partial<Release> = {}): Release => {
  const release = sampleRelease();
  const weight = { ...release.weight, desired: 50, applied: 50, observedPercent: 49.2, observedRequests: 12_400 };
  return {
    ...release,
    phase: {
      phase: 'baking',
      step: 1,
      bakedMs: 438_000,
      verified: { by: 'requests', observedPercent: 49.2, requests: 400 },
    },
    weight,
    verdicts: [
      passing(errorRate),
      passing(latency, { canary: 0.021, stable: 0.02, errorsToConvict: null, lnAbsolute: 4.4 }),
    ],
    updatedAtMs: startedAtMs + 1_200_000,
    ...change,
  };
};

const conviction = {
  reason: 'Breach',
  message: 'error_rate is 4.9 % for the canary, the limit is 0.1 %.',
  rule: 'error_rate',
  atMs: startedAtMs + 700_000,
  data: { rule: 'error_rate', verdict: 'breach', canary: 0.049, limit: 0.001, stable: 0.0004 },
} as const;

/** Convicted at 25 %, at weight 0 after 420 ms. */
export const rolledBackRelease = (): Release =>
  sampleRelease({
    phase: {
      phase: 'rolledBack',
      cause: conviction,
      zeroAtMs: conviction.atMs + 420,
      emptyAtMs: conviction.atMs + 620,
      endedAtMs: conviction.atMs + 30_420,
    },
    latch: conviction,
    verdicts: [
      passing(errorRate, { kind: 'breach', outcome: 'rollback', reason: 'Breach', canary: 0.049, events: 1_500 }),
    ],
    updatedAtMs: conviction.atMs + 30_420,
  });
