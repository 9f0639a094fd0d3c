import { beforeEach, expect, test } from 'vitest';
import { MemoryRouter } from '../../src/router/memory.ts';
import { BackendFollower } from '../../src/workload/backend-follower.ts';

let ready: Record<string, readonly string[]>;
let router: MemoryRouter;

const nothing = { revision: null, endpoints: [] };
const readyOf = (revision: string) => ready[revision] ?? null;

beforeEach(() => {
  ready = { v1: ['http://a', 'http://b'], v2: ['http://c'] };
  router = new MemoryRouter({ stable: nothing, canary: nothing });
});

async function stable() {
  const current = await router.current();
  return current.ok ? current.value.stable : null;
}

test('a restarted controller reads back what is served, and follows it', async () => {
  await new BackendFollower({ backends: router, ready: readyOf, epoch: 1 }).serve('stable', 'v1', 1);
  const next = new BackendFollower({ backends: router, ready: readyOf, epoch: 2 });
  expect(next.serving).toEqual({ stable: null, canary: null });
  ready['v1'] = ['http://b'];
  expect((await next.follow()).ok).toBe(true);
  expect(next.serving).toEqual({ stable: 'v1', canary: null });
  expect(await stable()).toEqual({ revision: 'v1', endpoints: ['http://b'] });
});

test('never empties a backend, and leaves a revision alone that it does not know', async () => {
  const follower = new BackendFollower({ backends: router, ready: readyOf, epoch: 1 });
  await follower.serve('stable', 'v1', 1);
  ready = { v1: [] };
  await follower.follow();
  expect((await stable())?.endpoints).toEqual(['http://a', 'http://b']);
  ready = {};
  await follower.follow();
  expect((await stable())?.endpoints).toEqual(['http://a', 'http://b']);
});

test('a canary without traffic keeps its endpoints, too, when its last instance is lost', async () => {
  const follower = new BackendFollower({ backends: router, ready: readyOf, epoch: 1 });
  await follower.serve('canary', 'v2', 1);
  ready['v2'] = [];
  await follower.follow();
  expect(await router.current()).toMatchObject({ value: { canary: { revision: 'v2', endpoints: ['http://c'] } } });
});

test('a data plane that lost everything gets back what it served', async () => {
  const follower = new BackendFollower({ backends: router, ready: readyOf, epoch: 1 });
  await follower.serve('stable', 'v1', 1);
  const fresh = new MemoryRouter({ stable: nothing, canary: nothing });
  const moved = new BackendFollower({
    backends: { point: (change) => router.point(change), allHeard: () => true, current: () => router.current() },
    ready: readyOf,
    epoch: 1,
  });
  await moved.follow();
  router = fresh;
  await moved.follow();
  expect(await stable()).toEqual({ revision: 'v1', endpoints: ['http://a', 'http://b'] });
});

test('what somebody else pointed at another revision is taken as it is', async () => {
  const follower = new BackendFollower({ backends: router, ready: readyOf, epoch: 1 });
  await follower.serve('stable', 'v1', 1);
  await router.point({ backend: 'stable', revision: 'v2', endpoints: ['http://c'], epoch: 2 });
  await follower.follow();
  expect(follower.serving.stable).toBe('v2');
  expect(await stable()).toEqual({ revision: 'v2', endpoints: ['http://c'] });
});

test('a fenced write is refused, and changes nothing that is believed', async () => {
  const follower = new BackendFollower({ backends: router, ready: readyOf, epoch: 1 });
  await router.point({ backend: 'stable', revision: 'v1', endpoints: ['http://a'], epoch: 5 });
  const served = await follower.serve('stable', 'v2', 1);
  expect(served.ok ? 'accepted' : served.error.reason).toBe('Fenced');
  await follower.follow();
  expect(follower.serving.stable).toBe('v1');
});

test('an unreachable data plane is tried again with the next look', async () => {
  const follower = new BackendFollower({ backends: router, ready: readyOf, epoch: 1 });
  await follower.serve('stable', 'v1', 1);
  ready['v1'] = ['http://a'];
  router.inject('unreachable');
  expect((await follower.follow()).ok).toBe(false);
  expect((await follower.follow()).ok).toBe(true);
  expect((await stable())?.endpoints).toEqual(['http://a']);
});
