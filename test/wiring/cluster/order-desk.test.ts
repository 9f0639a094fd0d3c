import { describe, expect, it } from 'vitest';
import { failed } from '../../../src/lib/result.ts';
import type { LogEntry } from '../../../src/release/log.ts';
import { notTheirName } from '../../../src/release/order-admission.ts';
import { OrderDesk } from '../../../src/wiring/cluster/order-desk.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { aList, aStatus, type KubeCall, startKubeServer } from '../../support/kube-server.ts';
import { logLines } from '../../support/log-lines.ts';
import { MemoryControls } from '../../support/memory-controls.ts';
import { bakingRelease } from '../../support/sample-release.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');

interface Given {
  readonly name: string;
  readonly ageMs?: number;
  readonly action?: string;
  readonly revision?: string;
  readonly status?: object;
}

interface Scene {
  readonly names?: 'compared' | 'anybody' | 'unknown';
  /** Of the release, before. */
  readonly log?: readonly LogEntry[];
  /** How the first status write fails. */
  readonly lostAnswer?: 403 | 503;
  readonly relistEveryMs?: number;
  /** How far the server's clock is ahead. */
  readonly aheadMs?: number;
  /** How much faster than the world its clock runs. */
  readonly haste?: number;
  /** What comes of a start. */
  readonly starts?: MemoryControls['start'];
}

/** A desk before a server with these orders, which refuses false names, or does not. */
async function aDesk(orders: readonly Given[], scene: Scene = {}) {
  const { names = 'compared', log = [], relistEveryMs = 3_600_000, haste = 1, aheadMs = 0 } = scene;
  let lost = scene.lostAnswer ?? null;
  const statuses = new Map<string, { readonly phase: string; readonly reason: string; readonly message: string }>();
  const deleted: string[] = [];
  const objects = orders.map(({ name, ageMs = 0, action = 'pause', revision = 'v1.9.0', status = {} }, index) => ({
    metadata: {
      ...{ name, uid: `uid-${name}`, resourceVersion: String(index + 1) },
      creationTimestamp: new Date(nowMs + aheadMs - ageMs).toISOString(),
    },
    spec: { policy: 'app', release: 'app-3f2a', action, revision, user: 'ada', reason: 'a look' },
    status,
  }));
  const server = await startKubeServer((call: KubeCall) => {
    call.response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    const name = /releaseorders\/([a-z]+)/.exec(call.path)?.[1];
    if (call.query.get('watch') !== null && relistEveryMs < 1_000) return void call.response.writeHead(200).end();
    if (call.query.get('watch') !== null) return void call.response.writeHead(200).flushHeaders();
    if (call.method === 'POST') return tried(call);
    if (name === undefined) return call.json(200, aList(9, objects));
    if (call.method === 'DELETE') deleted.push(name);
    if (call.method === 'PATCH' && lost !== null) {
      call.json(lost, aStatus(lost, lost === 403 ? 'Forbidden' : 'ServiceUnavailable', 'no'));
      return void (lost = null);
    }
    if (call.method === 'PATCH') statuses.set(name, JSON.parse(call.body).status);
    return call.json(
      200,
      objects.find(({ metadata }) => metadata.name === name),
    );
  });
  const tried = (call: KubeCall): void => {
    if (names === 'anybody') return call.json(201, {});
    const said = names === 'compared' ? `policy denied request: ${notTheirName}` : 'forbidden: no right to create';
    return call.json(403, aStatus(403, 'Forbidden', said));
  };
  const controls = new MemoryControls();
  if (scene.starts !== undefined) controls.start = scene.starts;
  await controls.put(bakingRelease(), log);
  const clock = { wallMs: () => nowMs, monotonicMs: () => performance.now() * haste };
  const desk = new OrderDesk({
    ...{ client: server.client(), namespace: 'shop', clock, controls, log: logLines().log, relistEveryMs },
  });
  atTestEnd(() => desk.stop());
  const paused = async (): Promise<number> => {
    const release = await controls.release('app-3f2a');
    return release.ok ? (release.value?.pauses.length ?? 0) : 0;
  };
  return { statuses, deleted, controls, paused, desk };
}

describe('orders as objects', () => {
  it('wait for no start that itself waits for what makes way, which is not begun again after it', async () => {
    const wayMade = Promise.withResolvers<null>();
    let starts = 0;
    const makingWay = { reason: 'MakingWay', message: 'app-3f2a makes way', retryable: true };
    const { paused, statuses } = await aDesk([{ name: 'a', action: 'start', revision: 'v2' }, { name: 'b' }], {
      starts: async ({ waits }) => {
        starts += 1;
        waits?.();
        await wayMade.promise;
        return failed(makingWay);
      },
    });
    await eventually(() => statuses.get('b')?.phase === 'Accepted');
    expect([await paused(), statuses.has('a')]).toEqual([1, false]);
    wayMade.resolve(null);
    await eventually(() => statuses.has('a'));
    expect([starts, statuses.get('a')]).toMatchObject([1, { phase: 'Refused', reason: 'MakingWay' }]);
  });

  it('that wait for what makes way are left to the next controller when theirs stops', async () => {
    const stopped = Promise.withResolvers<null>();
    const waiting = Promise.withResolvers<null>();
    const { desk, statuses } = await aDesk([{ name: 'a', action: 'start', revision: 'v2' }], {
      starts: async ({ waits }) => {
        waits?.();
        waiting.resolve(null);
        await stopped.promise;
        return failed({ reason: 'MakingWay', message: 'app-3f2a makes way', retryable: true });
      },
    });
    await waiting.promise;
    const ended = desk.stop();
    stopped.resolve(null);
    await ended;
    expect([...statuses.keys()]).toEqual([]);
  });

  it('are carried out, and the log of the release says which one', async () => {
    const { controls, paused, statuses } = await aDesk([{ name: 'a' }]);
    await eventually(() => statuses.size === 1);
    expect(statuses.get('a')).toMatchObject({ phase: 'Accepted', release: 'app-3f2a' });
    expect(await paused()).toBe(1);
    const log = await controls.log('app-3f2a');
    expect(log.ok && log.value.at(-1)).toMatchObject({ reason: 'Paused', data: { who: 'ada', order: 'uid-a' } });
  });

  it('from yesterday do nothing', async () => {
    const { paused, statuses } = await aDesk([{ name: 'a', ageMs: 86_400_000 }]);
    await eventually(() => statuses.size === 1);
    expect(statuses.get('a')).toMatchObject({ phase: 'Refused', reason: 'Expired' });
    expect(statuses.get('a')?.message).toContain('nothing was done: no controller took it within 60 s');
    expect(await paused()).toBe(0);
  });

  it('that a controller began before it was killed are not said to have done nothing', async () => {
    const data = { who: 'ada', order: 'uid-a' };
    const begun: LogEntry = { atMs: nowMs - 1, kind: 'action', reason: 'RestoreBegun', message: 'ada: restores', data };
    const { statuses } = await aDesk([{ name: 'a', ageMs: 86_400_000, action: 'restore' }], { log: [begun] });
    await eventually(() => statuses.get('a')?.phase === 'Refused');
    expect(statuses.get('a')).toMatchObject({ reason: 'AnswerLost', message: expect.stringContaining('app-3f2a') });
  });

  it.each([0, 90_000])(
    'that were begun, and of which no log tells, are not carried out again after %d ms',
    async (ageMs) => {
      const startedAt = '2026-01-02T03:04:00.000Z';
      const { controls, statuses } = await aDesk([{ name: 'a', ageMs, action: 'restore', status: { startedAt } }]);
      await eventually(() => statuses.get('a')?.phase === 'Refused');
      expect(statuses.get('a')).toMatchObject({ reason: 'AnswerLost', message: expect.stringContaining(startedAt) });
      expect(controls.restores).toEqual([]);
    },
  );

  it.each([-90_000, 90_000])('are as old as the API server says, whose clock is %d ms ahead', async (aheadMs) => {
    const { paused, statuses } = await aDesk([{ name: 'new' }, { name: 'old', ageMs: 100_000 }], { aheadMs });
    await eventually(() => statuses.size === 2);
    expect(statuses.get('new')).toMatchObject({ phase: 'Accepted' });
    expect(statuses.get('old')).toMatchObject({ phase: 'Refused', reason: 'Expired' });
    const givenAt = new Date(nowMs + aheadMs - 100_000).toISOString();
    expect(statuses.get('old')?.message).toContain(`by the API server's clock it was given at ${givenAt}, and it is`);
    expect(await paused()).toBe(1);
  });

  it.each(['anybody', 'unknown'] as const)('are refused where names are: %s', async (names) => {
    const { paused, statuses } = await aDesk([{ name: 'a' }], { names });
    await eventually(() => statuses.size === 1);
    expect(statuses.get('a')).toMatchObject({ phase: 'Refused', reason: 'Unproven' });
    expect(await paused()).toBe(0);
  });

  it.each([
    ['before', 0],
    ['before, and nobody answered for long', 90_000],
  ])('that had their effect %s, are answered so, and do nothing again', async (_when, ageMs) => {
    const line = {
      atMs: nowMs,
      kind: 'action',
      reason: 'Paused',
      message: 'ada: pause',
      data: { order: 'uid-a' },
    } as const;
    const { paused, statuses } = await aDesk([{ name: 'a', ageMs }], { log: [line] });
    await eventually(() => statuses.size === 1);
    expect(statuses.get('a')).toMatchObject({ phase: 'Accepted', release: 'app-3f2a' });
    expect(await paused()).toBe(0);
  });

  it('are carried out as they were given: a pause stays, whatever their names', async () => {
    const { paused, statuses } = await aDesk([{ name: 'a' }, { name: 'z', action: 'resume', ageMs: 5_000 }]);
    await eventually(() => statuses.size === 2);
    expect(await paused()).toBe(1);
  });

  it.each([403, 503] as const)(
    'whose answer is lost (%s) are answered after the next list, and do nothing again',
    async (lostAnswer) => {
      const { paused, statuses } = await aDesk([{ name: 'a' }], { lostAnswer, haste: 1_000_000, relistEveryMs: 10 });
      await eventually(() => statuses.size === 1);
      expect(statuses.get('a')).toMatchObject({ phase: 'Accepted', release: 'app-3f2a' });
      expect(await paused()).toBe(1);
    },
  );

  it('with an answer are not answered again, and are deleted when they are old', async () => {
    const answered = (ageMs: number) => ({ phase: 'Accepted', answeredAt: new Date(nowMs - ageMs).toISOString() });
    const { deleted, paused, statuses } = await aDesk([
      { name: 'old', status: answered(700_000) },
      { name: 'new', status: answered(1_000) },
    ]);
    await eventually(() => deleted.length > 0);
    expect(deleted).toEqual(['old']);
    expect(statuses.size).toBe(0);
    expect(await paused()).toBe(0);
  });
});
