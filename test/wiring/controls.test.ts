/** What people may ask of the controller: starting, and making way. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../src/lib/result.ts';
import { mostRevisions } from '../../src/release/known-revisions.ts';
import { notServing } from '../../src/wiring/start-problems.ts';
import { ada, ControlRoom, command } from '../support/control-room.ts';
import { eventually } from '../support/eventually.ts';

let room: ControlRoom;

beforeEach(async () => {
  room = await ControlRoom.open();
});

const known = async (): Promise<readonly string[]> => {
  const state = await room.store.policy('app');
  return state.ok ? Object.keys(state.value?.revisions ?? {}) : [];
};

describe('start', () => {
  it('begins a release, and twice has the effect of once', async () => {
    const first = await room.started('v2');
    const second = await room.started('v2');
    expect(second.id).toBe(first.id);
    expect(room.begun.map(({ revision, stableRevision, startedBy }) => [revision, stableRevision, startedBy])).toEqual([
      ['v2', 'v1', 'ada'],
    ]);
  });

  it('keeps what a revision is made of, and refuses another meaning of its name', async () => {
    await room.started('v2');
    expect(await room.start('v2', 'other')).toMatchObject({ ok: false, error: { reason: 'RevisionTaken' } });
    const state = await room.store.policy('app');
    expect(state.ok && state.value?.revisions['v2']).toEqual(command('v2'));
  });

  it('forgets in time what nothing refers to any more, and nothing else', async () => {
    const first = await room.started('v2');
    const before = await room.store.policy('app');
    if (!before.ok || before.value === null) throw new Error('no policy');
    const old = Array.from({ length: mostRevisions }, (_, n) => [`old-${n}`, command('old')] as const);
    const revisions = { ...Object.fromEntries(old), ...before.value.revisions };
    await room.store.savePolicy({ ...before.value, revisions });
    // What it makes way for does not end here: it is recorded before anything waits for that.
    void room.start('v3');
    await eventually(async () => expect((await known()).toSorted()).toEqual(['v1', 'v2', 'v3']));
    expect(first.revision).toBe('v2');
  });

  it('forgets nothing while there is a release that can not be read: it may refer to any', async () => {
    await room.started('v2');
    const before = await room.store.policy('app');
    if (!before.ok || before.value === null) throw new Error('no policy');
    const old = Array.from({ length: mostRevisions }, (_, n) => [`old-${n}`, command('old')] as const);
    await room.store.savePolicy({
      ...before.value,
      revisions: { ...Object.fromEntries(old), ...before.value.revisions },
    });
    room.store.unreadable = async () =>
      ok([{ id: 'app-0', policy: 'app', problem: { reason: 'StateUnreadable', message: '', retryable: false } }]);
    void room.start('v3');
    await eventually(async () => expect(await known()).toContain('v3'));
    expect(await known()).toHaveLength(mostRevisions + 3);
  });

  it.each([
    [
      'an unknown policy',
      () => room.controls.start({ policy: 'shop', revision: 'v2', spec: command('x'), ...ada }),
      'NotFound',
    ],
    ['the stable revision', () => room.start('v1', 'serve'), 'AlreadyStable'],
    [
      'broken rules',
      () => {
        room.problem = 'rules.yaml:1:1 no';
        return room.start('v2');
      },
      'RulesInvalid',
    ],
  ])('refuses %s', async (_what, act, reason) => {
    expect(await act()).toMatchObject({ ok: false, error: { reason } });
    expect(room.begun).toEqual([]);
  });

  it('says which steps will have too little traffic to be judged', async () => {
    room.perSecond = 0.5;
    expect((await room.started('v2')).unjudgeable).toContainEqual({ rule: 'error_rate', step: 0 });
  });

  it('refuses what could never be judged here, with its query, and lists what is not applicable', async () => {
    const rules = room.served.rules.current();
    if (!rules.ok) throw new Error(rules.error.message);
    const named = (name: string) => rules.value.rules.filter((rule) => rule.name === name);
    const nothing = (name: string) => named(name).map((rule) => ({ rule, query: `${name}_series` }));
    room.unmeasured = nothing('error_rate');
    const refused = await room.start('v2');
    expect(refused).toMatchObject({ ok: false, error: { reason: 'NotMeasurable' } });
    expect(!refused.ok && refused.error.message).toContain('error_rate_series');
    room.unmeasured = nothing('cpu_usage');
    expect((await room.started('v2')).notes).toContainEqual({
      reason: 'NotMeasurable',
      rule: 'cpu_usage',
      message: 'cpu_usage is not applicable here: no series matches cpu_usage_series',
    });
  });

  it('tells what each step will be able to judge', async () => {
    room.perSecond = 1_000;
    const { id } = await room.started('v2');
    const log = await room.store.log(id);
    const told = log.ok ? log.value.filter(({ reason }) => reason === 'Outlook') : [];
    expect(told[0]?.message).toMatch(
      /^error_rate at \d+ % for .* requests, may pass .*; beyond its limit it is found: 2 times /,
    );
  });

  it('classes nothing as unjudgeable where the traffic suffices', async () => {
    room.perSecond = 1_000;
    expect((await room.started('v2')).unjudgeable).toEqual([]);
  });

  it('begins one release when two ask at once', async () => {
    const [a, b] = await Promise.all([room.start('v2'), room.start('v2')]);
    expect(room.begun).toHaveLength(1);
    expect(a.ok && b.ok && a.value.id === b.value.id).toBe(true);
  });

  it('lets the one that runs make way, then follows it', async () => {
    const first = await room.started('v2');
    const waiting = room.start('v3');
    await eventually(() => room.nudged.includes(first.id));
    expect((await room.release(first.id)).supersededBy).toBe('v3');
    const ended = await room.end(first);
    const followed = await room.starter.follow(room.served, ended);
    expect(followed).toMatchObject({ ok: true, value: { revision: 'v3' } });
    expect(await waiting).toMatchObject({ ok: true, value: { revision: 'v3' } });
    expect(await room.starter.follow(room.served, ended)).toBeNull();
  });

  it('begins nothing before users are on stable, however it is asked for', async () => {
    const asked: string[] = [];
    const unsettled = async (stable: string) => {
      asked.push(stable);
      return notServing(stable);
    };
    const served = { ...room.served, unsettled };
    const starting = await room.starter.start(served, { revision: 'v2', spec: command('v2'), who: 'ada' });
    expect(starting).toMatchObject({ ok: false, error: { reason: 'NotServing', retryable: true } });
    expect([asked, room.begun]).toEqual([['v1'], []]);
    const settled = { ...room.served, unsettled: async () => null };
    const begun = await room.starter.start(settled, { revision: 'v2', spec: command('v2'), who: 'ada' });
    expect(begun).toMatchObject({ ok: true });
  });

  it('leaves what waits to the next controller when this one stops', async () => {
    const first = await room.started('v2');
    const waiting = room.start('v3');
    await eventually(() => room.nudged.includes(first.id));
    room.ending.abort();
    expect(await waiting).toMatchObject({ ok: false, error: { reason: 'MakingWay', retryable: true } });
    expect(await room.start('v3')).toMatchObject({ ok: false, error: { reason: 'MakingWay', retryable: true } });
  });

  it('survives a race with the loop', async () => {
    const first = await room.started('v2');
    const save = room.store.save.bind(room.store);
    room.store.save = async (release, log) => {
      room.store.save = save;
      await save(await room.release(first.id), []);
      return save(release, log);
    };
    const waiting = room.start('v3');
    await eventually(() => room.nudged.includes(first.id));
    const ended = await room.end(first);
    await room.starter.follow(room.served, ended);
    expect(await waiting).toMatchObject({ ok: true, value: { revision: 'v3' } });
  });

  it('does not disturb what runs for a revision that it would refuse', async () => {
    const first = await room.started('v2');
    expect(await room.start('v1', 'serve')).toMatchObject({ ok: false, error: { reason: 'AlreadyStable' } });
    expect((await room.release(first.id)).supersededBy).toBeNull();
  });
});

it('an order for a policy that is not served yet can be tried again, and one for a policy that is not there can not', async () => {
  const waits = { reason: 'NotYetServed', message: 'not yet', retryable: true };
  room = await ControlRoom.open({ unserved: (policy) => (policy === 'web' ? waits : null) });
  const said = { name: 'tests', revision: 'v2', outcome: 'pass', values: {}, caller: null, ...ada } as const;
  expect(await room.controls.attest('web', said)).toEqual({ ok: false, error: waits });
  expect(await room.controls.attest('shop', said)).toMatchObject({ error: { reason: 'NotFound', retryable: false } });
});
