import { describe, expect, it } from 'vitest';
import { failed } from '../../../src/lib/result.ts';
import { resultOf } from '../../../src/release/attest.ts';
import { doneBefore, type Understood, workOrder } from '../../../src/wiring/cluster/order-work.ts';
import { MemoryControls } from '../../support/memory-controls.ts';
import { bakingRelease, startedAtMs } from '../../support/sample-release.ts';

interface Said {
  readonly outcome?: 'pass' | 'fail';
  readonly user?: string;
  readonly givenAtMs?: number;
  readonly orderedAtMs?: number;
  readonly isInherited?: boolean;
}

const anAttestation = ({ outcome = 'pass', user = 'ci', ...rest }: Said): Understood => ({
  ...{ uid: 'u', givenAtMs: startedAtMs - 5_000, orderedAtMs: startedAtMs - 5_000, isInherited: true, ...rest },
  spec: { policy: 'app', action: 'attest', revision: 'v1.9.0', user, name: 'tests', outcome },
});

/** Somebody said over HTTP that they failed, after the order was given. */
async function afterAFail() {
  const controls = new MemoryControls();
  const said = { name: 'tests', revision: 'v1.9.0', outcome: 'fail', who: 'ada', reason: '', values: {} } as const;
  await controls.attest('app', { ...said, caller: 'ada' });
  const outcome = async () => resultOf((await controls.policy()).value.attested, 'tests', 'v1.9.0')?.outcome;
  return { controls, outcome };
}

describe('an attested result that a controller before may have recorded', () => {
  it('does not undo one that came later', async () => {
    const { controls, outcome } = await afterAFail();
    const worked = await workOrder(controls, anAttestation({}));
    expect(worked).toMatchObject({ ok: false, error: { reason: 'Overtaken', retryable: false } });
    expect(!worked.ok && worked.error.message).toContain('ada gave tests of v1.9.0 as fail after this was ordered');
    expect(await outcome()).toBe('fail');
  });

  it('is answered where it is what stands', async () => {
    const { controls } = await afterAFail();
    const worked = await workOrder(controls, anAttestation({ outcome: 'fail', user: 'ada' }));
    expect(worked).toEqual({ ok: true, value: { release: null } });
  });

  it.each([{ givenAtMs: startedAtMs + 5_000 }, { isInherited: false }])('is recorded else: %j', async (said) => {
    const { controls, outcome } = await afterAFail();
    expect(await workOrder(controls, anAttestation(said))).toMatchObject({ ok: true });
    expect(await outcome()).toBe('pass');
  });

  it('corrects one that was ordered before it, though both were recorded later', async () => {
    const { controls, outcome } = await afterAFail();
    const first = anAttestation({ user: 'ada', orderedAtMs: startedAtMs - 9_000, isInherited: false });
    expect(await workOrder(controls, first)).toMatchObject({ ok: true });
    expect(await outcome()).toBe('pass');
    expect(await workOrder(controls, anAttestation({ outcome: 'fail' }))).toMatchObject({ ok: true });
    expect(await outcome()).toBe('fail');
    expect(await workOrder(controls, { ...first, isInherited: true })).toMatchObject({
      error: { reason: 'Overtaken' },
    });
    expect(await outcome()).toBe('fail');
  });
});

it('a retry is no effect of itself: the release that failed may be as young as the order', async () => {
  const controls = new MemoryControls();
  const failedOne = bakingRelease();
  await controls.put(failedOne);
  const { id: release, revision } = failedOne;
  const spec = { policy: 'app', action: 'retry', revision, release, user: 'ada', reason: 'again' } as const;
  const order = { uid: 'u', spec, givenAtMs: startedAtMs - 1, orderedAtMs: startedAtMs - 1, isInherited: false };
  const acts: string[] = [];
  const act = controls.act.bind(controls);
  controls.act = (id, action) => {
    acts.push(action.kind);
    return act(id, action);
  };
  await workOrder(controls, order);
  expect(acts).toEqual(['retry']);
});

describe('another stable revision', () => {
  const order = (given: Partial<Understood> = {}): Understood => ({
    ...{ uid: 'u', givenAtMs: startedAtMs - 5_000, orderedAtMs: startedAtMs - 5_000, isInherited: true, ...given },
    spec: { policy: 'app', action: 'set-stable', revision: 'v1.7.0', user: 'ada', reason: 'orders are lost' },
  });
  const set = async (by: { readonly revision: string; readonly who: string }) => {
    const controls = new MemoryControls();
    const { value } = await controls.policy();
    await controls.setStable('app', { ...by, reason: 'a look' });
    return { controls, before: value.stable, stable: async () => (await controls.policy()).value.stable };
  };

  it('is set once, by whom the API server says', async () => {
    const controls = new MemoryControls();
    expect(await workOrder(controls, order())).toEqual({ ok: true, value: { release: null } });
    const { adopted, stable } = (await controls.policy()).value;
    expect([stable, adopted?.who, adopted?.reason]).toEqual(['v1.7.0', 'ada', 'orders are lost']);
  });

  it.each([true, false])('does not undo what somebody ordered after it; inherited: %s', async (isInherited) => {
    const { controls, stable } = await set({ revision: 'v1.6.0', who: 'bob' });
    const worked = await workOrder(controls, order({ isInherited }));
    expect(worked).toMatchObject({ ok: false, error: { reason: 'Overtaken', retryable: false } });
    expect(await stable()).toBe('v1.6.0');
    expect(await workOrder(controls, order({ givenAtMs: startedAtMs + 5_000 }))).toMatchObject({ ok: true });
    expect(await stable()).toBe('v1.7.0');
  });

  it.each([true, false])(
    'follows one that was ordered before it, and had to wait; inherited: %s',
    async (isInherited) => {
      const { controls, stable } = await set({ revision: 'v1.9.0', who: 'bob' });
      const older = order({ givenAtMs: startedAtMs, orderedAtMs: startedAtMs - 9_000 });
      const { spec } = older;
      expect(await workOrder(controls, { ...older, spec: { ...spec, revision: 'v1.6.0' } })).toMatchObject({
        ok: true,
      });
      expect(await workOrder(controls, order({ isInherited }))).toMatchObject({ ok: true });
      expect(await stable()).toBe('v1.7.0');
      const again = await workOrder(controls, { ...order(older), spec: { ...spec, revision: 'v1.5.0' }, givenAtMs: 0 });
      expect(again).toMatchObject({ ok: false, error: { reason: 'Overtaken' } });
    },
  );

  it('that the controller before set is answered', async () => {
    const { controls } = await set({ revision: 'v1.7.0', who: 'ada' });
    expect(await doneBefore(controls, order())).toEqual({ ok: true, value: { release: null } });
  });
});

it('a start is answered by the release that began since, and given once', async () => {
  const controls = new MemoryControls();
  const spec = { policy: 'app', action: 'start', revision: 'v2', user: 'ada', rollback: 'ask', reason: 'DDL' } as const;
  const order = { uid: 'u', spec, givenAtMs: startedAtMs - 1, orderedAtMs: startedAtMs - 1, isInherited: true };
  expect(await doneBefore(controls, order)).toEqual({ ok: true, value: null });
  // What the Deployment asks for is said by nobody: a controller in a cluster reads it there.
  await expect(workOrder(controls, order)).rejects.toThrow('no policy here has hosts');
  expect(controls.starts).toMatchObject([
    { policy: 'app', revision: 'v2', who: 'ada', rollback: { rollback: 'ask', who: 'ada', reason: 'DDL' } },
  ]);
  const { plan, ...release } = { ...bakingRelease(), id: 'app-v2', revision: 'v2', startedAtMs };
  // A push was quicker, and said nothing about the rollback: that is not what was ordered.
  const begun = await controls.put({ ...release, plan });
  expect(await doneBefore(controls, order)).toEqual({ ok: true, value: null });
  await controls.put({ ...begun, plan: { ...plan, rollback: 'ask' } });
  expect(await workOrder(controls, order)).toMatchObject({ ok: true, value: { release: { id: begun.id } } });
  expect(controls.starts).toHaveLength(1);
});

describe('a backup or a restore', () => {
  const order = (spec: Partial<Understood['spec']>): Understood => ({
    ...{ uid: 'u', givenAtMs: startedAtMs - 5_000, orderedAtMs: startedAtMs - 5_000, isInherited: false },
    spec: { policy: 'app', action: 'restore', user: 'ada', ...spec },
  });

  it('is carried out as whoever the API server says, and answers with a report', async () => {
    const controls = new MemoryControls();
    const dry = await workOrder(controls, order({ dryRun: true }));
    expect(dry).toMatchObject({ ok: true, value: { release: null, report: expect.stringContaining('a.yaml') } });
    expect(controls.restores).toEqual([{ dryRun: true, overwrite: [] }]);
    const named = order({ reason: 'wrong prices', overwrite: ['all'] });
    expect(await workOrder(controls, named)).toMatchObject({ ok: true });
    expect(controls.restores.at(-1)).toEqual({ dryRun: false, overwrite: ['all'] });
    const points = await workOrder(controls, order({ action: 'backup', dryRun: true }));
    expect(points).toMatchObject({ value: { report: expect.stringMatching(/^\[\{"id":"v1\.8\.2-/) } });
    expect(await workOrder(controls, order({ action: 'backup' }))).toMatchObject({ ok: true });
  });

  it('needs a reason to write, and is not tried for a minute', async () => {
    const controls = new MemoryControls();
    const given = await workOrder(controls, order({}));
    expect(given).toMatchObject({ error: { reason: 'Invalid', message: expect.stringContaining('reason') } });
    controls.backup = async () => failed({ reason: 'BackupHookFailed', message: 'no', retryable: true });
    expect(await workOrder(controls, order({ action: 'backup' }))).toMatchObject({ error: { retryable: false } });
    controls.backup = async () => failed({ reason: 'NotYetServed', message: 'no', retryable: true });
    expect(await workOrder(controls, order({ action: 'backup' }))).toMatchObject({ error: { retryable: true } });
  });

  it.each([
    ['Restored', /^a controller carried it out and ended before it could answer \(ada: restored 2\)/],
    ['RestoreBegun', /^a controller began it and ended \(ada: restored 2\): it goes on by itself/],
    ['RestoreFailed', null],
  ])('whose controller died after %s is not carried out twice', async (reason, said) => {
    const controls = new MemoryControls();
    const line = {
      atMs: startedAtMs,
      kind: 'action',
      reason,
      message: 'ada: restored 2',
      data: { order: 'u' },
    } as const;
    await controls.put(bakingRelease(), [line]);
    const worked = await workOrder(controls, order({ reason: 'wrong prices' }));
    expect([worked.ok, controls.restores.length]).toEqual(said === null ? [true, 1] : [false, 0]);
    if (said !== null) expect(await doneBefore(controls, order({}))).toEqual(worked);
    if (said !== null) expect(worked).toMatchObject({ error: { message: expect.stringMatching(said) } });
  });
});
