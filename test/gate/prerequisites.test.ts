/** The gates before the first traffic: what each makes of what is known, and how it is passed over. */
import { describe, expect, it } from 'vitest';
import { gateClosed } from '../../src/gate/checks/gates.ts';
import { lookAtGates, type Surroundings } from '../../src/gate/prerequisites.ts';
import { attested } from '../../src/release/attest.ts';
import type { Attestation } from '../../src/release/attestation.ts';
import { type GateDemand, gatesOf } from '../../src/release/gate-demand.ts';
import { override } from '../../src/release/override.ts';
import type { Release } from '../../src/release/release.ts';
import { aPolicy, aRelease, aVerdict, inPhase, phases, someFacts, startMs } from '../support/a-release.ts';
import { blindFor } from '../support/interventions.ts';

const tests: GateDemand = {
  kind: 'attested',
  name: 'tests',
  overrideBy: [],
  by: [],
  require: [
    { value: 'coverage', comparison: '>=', limit: 80 },
    { value: 'high', comparison: '=', limit: 0 },
  ],
};
const check = (kind: 'stable' | 'monitoring'): GateDemand => ({ kind, name: kind, overrideBy: [] });

const result = (given: Partial<Attestation> = {}): Attestation => ({
  name: 'tests',
  revision: 'v2',
  outcome: 'pass',
  values: { coverage: 83.1, high: 0 },
  who: 'ci',
  caller: null,
  reason: '',
  atMs: startMs,
  ...given,
});

const healthy = someFacts(aRelease()).stable;

const look = (release: Release, given: Partial<Surroundings> = {}) =>
  lookAtGates(release, { nowMs: startMs, attested: [], stable: healthy, ...given });

const seenBy = (demand: GateDemand, given: Partial<Surroundings> = {}, change: Partial<Release> = {}) =>
  look(aRelease({ gates: gatesOf([demand]), ...change }), given).release.gates[0]?.seen;

describe('a gate on an attested result', () => {
  it.each([
    ['none', [], 'waiting', 'no result tests was posted for v2'],
    ['of another revision', [result({ revision: 'v1' })], 'waiting', 'no result tests'],
    ['of another name', [result({ name: 'audit' })], 'waiting', 'no result tests'],
    ['that passes', [result()], 'passed', 'pass, posted by ci at 12:00:00Z: coverage 83.1, high 0'],
    ['at the limit', [result({ values: { coverage: 80, high: 0 } })], 'passed', 'coverage 80'],
    ['below it', [result({ values: { coverage: 79.9, high: 0 } })], 'failed', 'coverage 79.9 is not >= 80;'],
    ['without a number', [result({ values: { coverage: 90 } })], 'failed', 'high is missing'],
    ['that fails', [result({ outcome: 'fail', reason: 'see CI' })], 'failed', 'it says fail; posted by ci'],
  ] as const)('%s', (_name, known, state, evidence) => {
    expect(seenBy(tests, { attested: known })).toMatchObject({ state, evidence: expect.stringContaining(evidence) });
  });

  it('counts from whom the policy names only, as the controller knows them', () => {
    const byCi = { ...tests, by: ['ci'] };
    expect(seenBy(byCi, { attested: [result()] })).toMatchObject({ state: 'waiting' });
    expect(seenBy(byCi, { attested: [result({ caller: 'ci' })] })).toMatchObject({ state: 'passed', who: 'ci' });
  });
});

describe('results', () => {
  it('replace the one before of the same name and revision; the same again is none', () => {
    const one = attested(aPolicy(), result());
    expect(attested(one, result({ atMs: startMs + 1 }))).toBe(one);
    const two = attested(one, result({ outcome: 'fail' }));
    expect(two.attested).toMatchObject([{ outcome: 'fail' }]);
    expect(attested(two, result({ revision: 'v3' })).attested).toHaveLength(2);
  });

  it('are bounded, the oldest go', () => {
    let state = aPolicy();
    for (let n = 0; n < 300; n += 1) state = attested(state, result({ revision: `v${n}` }));
    expect(state.attested).toHaveLength(200);
    expect(state.attested.at(-1)).toMatchObject({ revision: 'v299' });
  });
});

describe('a gate on stable', () => {
  const sick = aVerdict({ stable: 0.05, limit: 0.001 });

  it.each([
    ['passes while it is within its limits', { verdicts: [aVerdict()] }, {}, 'passed'],
    ['fails while a critical rule is outside', { verdicts: [sick] }, {}, 'failed'],
    ['fails without an instance', { verdicts: [aVerdict()] }, { stable: { ...healthy, ready: 0 } }, 'failed'],
    ['waits while nothing is known', { verdicts: [aVerdict({ stable: null })] }, {}, 'waiting'],
    ['waits for the instances', { verdicts: [aVerdict()] }, { stable: { ...healthy, known: false } }, 'waiting'],
    ['passes for a first deployment', { stableRevision: null }, {}, 'passed'],
    [
      'passes where a limit is known to be above its normal',
      { verdicts: [sick], notes: [{ reason: 'ThresholdBelowBaseline', rule: 'error_rate', message: '' }] },
      {},
      'passed',
    ],
  ] as const)('%s', (_name, change, given, state) => {
    expect(seenBy(check('stable'), given, change)).toMatchObject({ state });
  });
});

describe('a gate on monitoring', () => {
  const sees = { ...aRelease().sight, source: 'main' };

  it.each([
    ['passes when every critical rule shows stable', { sight: sees, verdicts: [aVerdict()] }, 'passed'],
    ['waits for the first answer', {}, 'waiting'],
    ['waits when nothing is shown', { sight: sees, verdicts: [] }, 'waiting'],
    ['fails while blind', { sight: blindFor(1_000), verdicts: [aVerdict()] }, 'failed'],
  ] as const)('%s', (_name, change, state) => {
    expect(seenBy(check('monitoring'), {}, change)).toMatchObject({ state });
  });
});

it('a gate on who is on call wants a name', () => {
  const onCall = { kind: 'onCall', name: 'on-call', overrideBy: [] } as const;
  expect(seenBy({ ...onCall, contacts: ['ada'] })).toMatchObject({ state: 'passed', evidence: 'ada can be called' });
  expect(seenBy({ ...onCall, contacts: [] })).toMatchObject({ state: 'failed' });
});

describe('gates', () => {
  it('are told once for each state, with since when, and stay as they were passed', () => {
    const first = look(aRelease({ gates: gatesOf([tests]) }));
    expect(first.log).toMatchObject([{ kind: 'event', reason: 'GateWaits', data: { gate: 'tests' } }]);
    const again = look(first.release, { nowMs: startMs + 1_000 });
    expect(again.log).toEqual([]);
    expect(again.release.gates[0]?.sinceMs).toBe(startMs);
    const passed = look(again.release, { nowMs: startMs + 2_000, attested: [result()] });
    expect(passed.log).toMatchObject([{ reason: 'GatePassed', data: { who: 'ci' } }]);
    const later = look({ ...passed.release, phase: phases.shifting }, { attested: [result({ outcome: 'fail' })] });
    expect(later.release.gates[0]?.seen.state).toBe('passed');
  });

  it('hold the release, what failed first, and say how many more there are', () => {
    const { release } = look(aRelease({ gates: gatesOf([tests, { ...tests, name: 'audit' }]) }), {
      attested: [result({ name: 'audit', outcome: 'fail' })],
    });
    expect(gateClosed(someFacts(release))).toMatchObject({
      reason: 'GateFailed',
      message: expect.stringMatching(/^Gate audit: it says fail; .*or override it with a reason\. 1 more: tests\.$/),
    });
    expect(gateClosed(someFacts(inPhase(phases.shifting, { gates: release.gates })))).toBeNull();
  });
});

describe('an override', () => {
  const word = { gate: 'tests', who: 'ada', caller: 'ada', reason: 'flaky runner', atMs: startMs };
  const { release } = look(aRelease({ gates: gatesOf([tests]) }), { attested: [result({ outcome: 'fail' })] });
  const waiting = { reason: 'GateFailed', message: '', rule: null, atMs: startMs, data: {} };

  it('opens the gate, is on record with who, when, why and what was seen, and is given once', () => {
    const changed = override({ ...release, waiting }, word);
    if (!changed.ok) throw new Error(changed.error.message);
    const { release: after, log } = changed.value;
    expect(gateClosed(someFacts(after))).toBeNull();
    expect(after.waiting).toBeNull();
    expect(log).toMatchObject([
      {
        kind: 'action',
        reason: 'GateOverridden',
        message: expect.stringMatching(/^ada: goes without gate tests \(it says fail.*\), "flaky runner"$/),
        data: { who: 'ada', gate: 'tests' },
      },
    ]);
    expect(override(after, { ...word, who: 'bob' })).toEqual({ ok: true, value: { release: after, log: [] } });
  });

  it.each([
    [release, { gate: 'audit' }, 'UnknownGate'],
    [release, { reason: '  ' }, 'ReasonMissing'],
    [{ ...release, phase: phases.baking }, {}, 'GateUsed'],
    [aRelease({ gates: gatesOf([{ ...tests, overrideBy: ['eve'] }]) }), {}, 'NotAllowed'],
    [aRelease({ gates: gatesOf([{ ...tests, overrideBy: ['eve'] }]) }), { caller: null }, 'NotIdentified'],
  ])('is refused: %#', (given, change, reason) => {
    expect(override(given, { ...word, ...change })).toMatchObject({ error: { reason } });
  });
});
