/** Sticky sessions: a user stays with the version of the first answer, weights hold for new users, and a version without weight keeps nobody. */
import { beforeEach, expect, test } from 'vitest';
import { call } from '../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../support/proxy.ts';
import { startAnswering } from '../support/upstream.ts';

let proxy: TestProxy;

beforeEach(async () => {
  const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
  proxy = await startTestProxy({ settings: { sticky: { cookie: 'version', maxAgeMs: 60_000 } } });
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
});

interface Visit {
  readonly version: string;
  /** As the browser would send it next; null: it was told nothing new. */
  readonly cookie: string | null;
}

const visit = async (cookie: string | null): Promise<Visit> => {
  const answer = await call(proxy.origin(), { headers: cookie === null ? {} : { cookie: `a=b; ${cookie}; c=d` } });
  expect(answer.status).toBe(200);
  const told = answer.headers['set-cookie']?.[0] ?? null;
  if (told !== null) expect(told).toMatch(/^version=[\w-]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/);
  return { version: answer.body, cookie: told?.split(';')[0] ?? null };
};

/** New users, one after the other. */
const newcomers = async (count: number): Promise<readonly Visit[]> => {
  const visits: Visit[] = [];
  while (visits.length < count) visits.push(await visit(null));
  return visits;
};

const share = (visits: readonly Visit[]): number => visits.filter(({ version }) => version === 'canary').length;

test('new users are dealt exactly by the weight, and stay where they are while it changes', async () => {
  await proxy.weigh(25);
  const first = await newcomers(100);
  expect(share(first)).toBe(25);
  await proxy.weigh(60);
  for (const { cookie, version } of first) expect(await visit(cookie)).toEqual({ version, cookie: null });
  expect(must(await proxy.router.observe()).since).toEqual({ canary: 0, stable: 0 });
  expect(share(await newcomers(100))).toBe(60);
  expect(must(await proxy.router.observe()).since).toEqual({ canary: 60, stable: 40 });
});

test("the canary's users go to stable at once when it is taken back, and are stable's from then on", async () => {
  await proxy.weigh(50);
  const visits = await newcomers(100);
  await proxy.weigh(0);
  const back = await Promise.all(visits.map(({ cookie }) => visit(cookie)));
  expect(share(back)).toBe(0);
  const moved = back.filter(({ cookie }) => cookie !== null);
  expect(moved).toHaveLength(50);
  await proxy.weigh(50);
  for (const { cookie } of moved) expect(await visit(cookie)).toEqual({ version: 'stable', cookie: null });
});

test("all traffic for the canary is all of it: stable's users come along", async () => {
  await proxy.weigh(50);
  const visits = await newcomers(20);
  await proxy.weigh(100);
  for (const { cookie } of visits) expect((await visit(cookie)).version).toBe('canary');
});

test('users of the canary stay when it becomes stable', async () => {
  await proxy.weigh(100);
  const { cookie } = await visit(null);
  const promoted = await startAnswering('promoted');
  const point = { backend: 'stable', revision: 'canary-rev', endpoints: [promoted.origin], epoch: 1 } as const;
  must(await proxy.backends.point(point));
  await proxy.weigh(0);
  expect(await visit(cookie)).toEqual({ version: 'promoted', cookie: null });
});

test('a cookie that names nothing begins a session', async () => {
  await proxy.weigh(100);
  for (const cookie of ['version=', 'version=whatever', 'version= ', 'version=null', 'xversion=1']) {
    expect(await visit(cookie)).toMatchObject({ version: 'canary', cookie: expect.stringMatching(/^version=/) });
  }
});

test('a failed answer begins no session', async () => {
  must(await proxy.configure({ sticky: { cookie: 'version' } }));
  const point = { backend: 'stable', revision: 'gone', endpoints: ['http://127.0.0.1:1'], epoch: 1 } as const;
  must(await proxy.backends.point(point));
  const failed = await call(proxy.origin());
  expect(failed.status).toBe(502);
  expect(failed.headers).not.toHaveProperty('set-cookie');
});
