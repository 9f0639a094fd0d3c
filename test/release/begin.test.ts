import { describe, expect, it } from 'vitest';
import { type Beginning, begin } from '../../src/release/begin.ts';
import { defaultPlan, type Plan } from '../../src/release/plan.ts';
import { planProblems } from '../../src/release/plan-problems.ts';
import { policyAfter, retry } from '../../src/release/policy-state.ts';
import { value } from '../contract/store.ts';
import { aBeginning, aCause, aPolicy, inPhase, phases } from '../support/a-release.ts';
import { aRule } from '../support/a-rule.ts';

const rulesOf = (...rules: Beginning['rules']['rules']): Beginning['rules'] => ({ rules, hash: 'x', file: 'r.yaml' });

describe('a new release', () => {
  it('stands at the start, with everything it is judged by', () => {
    const { release, log } = value(begin(aBeginning()));
    expect(release).toMatchObject({
      revision: 'v2',
      stableRevision: 'v1',
      version: 0,
      format: 1,
      phase: { phase: 'preparing' },
    });
    expect(release).toMatchObject({
      judge: { rules: 2, alpha: 0.001 },
      weight: { desired: 0, applied: null },
      latch: null,
    });
    expect(log).toMatchObject([{ kind: 'action', reason: 'ReleaseStarted', data: { who: 'ada', revision: 'v2' } }]);
    expect(JSON.parse(JSON.stringify(release))).toEqual(release);
  });

  it.each([
    ['the stable revision', { revision: 'v1' }, 'AlreadyStable', 'v1'],
    ['a frozen one', { state: aPolicy({ frozen: ['v2'] }) }, 'RevisionFrozen', 'retry'],
    ['a plan that cannot finish', { plan: { ...defaultPlan, maxDurationMs: 1_800_000 } }, 'PlanInvalid', '55m'],
    ['no rules', { rules: rulesOf() }, 'NoRules', 'r.yaml'],
    ['no critical rule', { rules: rulesOf(aRule({ alert: 'warning' })) }, 'NoCriticalRule', 'r.yaml'],
    ['critical rules that are all on trial', { rules: rulesOf(aRule({ dryRun: true })) }, 'NoCriticalRule', 'r.yaml'],
    [
      'rules that cannot be judged, where the plan refuses that',
      { plan: { ...defaultPlan, whenUnjudgeable: 'refuse' }, unjudgeable: [{ rule: 'error_rate', step: 0 }] },
      'Unjudgeable',
      'step 1',
    ],
  ] as const)('is refused for %s', (_what, given, reason, says) => {
    const refused = begin(aBeginning(given));
    expect(refused).toMatchObject({ ok: false, error: { reason } });
    expect(!refused.ok && refused.error.message).toContain(says);
  });

  it('is refused for steps with fewer instances than their weight needs next to stable, unless the plan says so', () => {
    const state = aPolicy({ revisions: { v1: { ...aBeginning().spec, replicas: 12 } as Beginning['spec'] } });
    const steps = defaultPlan.steps.map((step, at) => ({ ...step, replicas: [4, 6, 8][at] ?? null }));
    const refused = begin(aBeginning({ state, plan: { ...defaultPlan, steps } }));
    expect(refused).toMatchObject({ ok: false, error: { reason: 'TooFewReplicas', retryable: false } });
    expect(!refused.ok && refused.error.message).toContain('step 3: replicas: 8 instances are too few for 100 %');
    expect(!refused.ok && refused.error.message).toContain('that needs 12, as stable runs on 12');
    const meant = steps.map((step) => ({ ...step, tooFew: 'accepted' as const }));
    expect(begin(aBeginning({ state, plan: { ...defaultPlan, steps: meant } })).ok).toBe(true);
  });

  it('goes without a critical rule where the policy accepts that', () => {
    expect(begin(aBeginning({ rules: rulesOf(aRule({ alert: 'warning' })), noCritical: 'accepted' })).ok).toBe(true);
  });

  it('of pods is as large as stable is now, however large its revision was when it ran before', () => {
    const pods = (replicas: number) => ({ kind: 'pods', template: {}, config: [], replicas }) as const;
    const state = aPolicy({ revisions: { v1: pods(10), v2: pods(3) } });
    expect(value(begin(aBeginning({ state, spec: pods(3) }))).release.size).toEqual({ baseline: 10, fixed: false });
    const first = aPolicy({ stable: null, revisions: {} });
    expect(value(begin(aBeginning({ state: first, spec: pods(3) }))).release.size.baseline).toBe(3);
  });

  it('of endpoints that exist is as large as they are', () => {
    const spec = { kind: 'endpoints', urls: ['http://a:1', 'http://b:1', 'http://a:1'], healthPath: null } as const;
    expect(value(begin(aBeginning({ spec }))).release.size).toEqual({ baseline: 2, fixed: true });
  });
});

describe('a plan', () => {
  const step = { weight: 100, bakeMs: 60_000, replicas: null };
  const problems = (given: Partial<Plan>): string => planProblems({ ...defaultPlan, ...given }).join('\n');

  it('the default one is sound', () => {
    expect(planProblems(defaultPlan)).toEqual([]);
  });

  it.each([
    ['no step', { steps: [] }, 'no step'],
    [
      'weights that do not rise',
      { steps: [{ ...step, weight: 50 }, { ...step, weight: 50 }, step] },
      'step 2: weight 50',
    ],
    ['half a percent', { steps: [{ ...step, weight: 0.5 }, step] }, 'step 1: weight 0.5'],
    ['more than everything', { steps: [{ ...step, weight: 101 }] }, 'step 1: weight 101'],
    ['an end before 100', { steps: [{ ...step, weight: 50 }] }, "last step's weight is 50"],
    ['a bake of no length', { steps: [{ ...step, bakeMs: Number.NaN }] }, 'bake NaN'],
    ['no instances', { steps: [{ ...step, replicas: 0 }] }, 'replicas 0'],
    ['bakes beyond the limit, with both numbers', { maxDurationMs: 1_800_000 }, '55m, but maxDuration is 30m'],
    ['a negative drain', { drainMs: -1 }, 'drainMs -1'],
    ['a pause for blindness after its end', { blindForMs: 3_600_000 }, 'blindFor 1h'],
  ])('with %s is refused', (_what, given, says) => {
    expect(problems(given)).toContain(says);
  });
});

describe('what a release means for its policy', () => {
  const state = aPolicy({ version: 4 });

  it('promoted: stable, with the way back', () => {
    const promoted = policyAfter(state, inPhase(phases.watching));
    expect(promoted).toMatchObject({ stable: 'v2', previous: 'v1' });
    expect(policyAfter(promoted, inPhase(phases.succeeded))).toBe(promoted);
  });

  it('taken back: frozen; and from the watch the revision before is stable again', () => {
    const promoted = policyAfter(state, inPhase(phases.watching));
    const undone = policyAfter(promoted, inPhase({ ...phases.rollingBack, undo: true }));
    expect(undone).toMatchObject({ stable: 'v1', previous: null, frozen: ['v2'] });
    expect(policyAfter(undone, inPhase(phases.rolledBack))).toBe(undone);
  });

  it('superseded: nothing is held against it', () => {
    const cause = { ...aCause, reason: 'Superseded' };
    expect(policyAfter(state, inPhase({ ...phases.failed, cause }))).toBe(state);
  });

  it.each(['preparing', 'shifting', 'baking', 'promoting'] as const)('%s: nothing yet', (name) => {
    expect(policyAfter(state, inPhase(phases[name]))).toBe(state);
  });

  it('retry lets a failed revision be tried again as a new release', () => {
    const frozen = aPolicy({ frozen: ['v2', 'v0'] });
    const free = value(retry(frozen, inPhase(phases.rolledBack)));
    expect(free.frozen).toEqual(['v0']);
    expect(begin(aBeginning({ state: free, id: 'app-2' })).ok).toBe(true);
    expect(retry(frozen, inPhase(phases.baking))).toMatchObject({ ok: false, error: { reason: 'NotRetryable' } });
  });
});
