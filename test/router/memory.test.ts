/** The in-memory router: the contract, and the faults that it can be told to have. */
import { expect, test } from 'vitest';
import { MemoryRouter } from '../../src/router/memory.ts';
import { backendsContract } from '../contract/backends.ts';
import { deckContract, type PlaneUnderTest, restartContract, routerContract } from '../contract/router.ts';
import { must } from '../support/proxy.ts';

const target = (revision: string) => ({ revision, endpoints: [`http://${revision}.invalid`] });

const make = async (): Promise<PlaneUnderTest> => {
  const memory = new MemoryRouter({ stable: target('old'), canary: target('new') });
  return {
    router: memory,
    backends: memory,
    send: async (requests) => memory.serve(requests),
    restart: async () => memory.restart(),
    offBy: 0,
    dataPlane: 'counts',
  };
};

routerContract('memory', make);
restartContract('memory', make);
deckContract('memory', make);
backendsContract('memory', make);

const raiseTo = async (router: MemoryRouter, canary: number) => {
  const { version } = must(await router.observe());
  return { release: 'r1', epoch: 1, canary, ifVersion: version, latch: false };
};
const zero = { release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true };

test('a raise that lands late does not land after a rollback', async () => {
  const router = new MemoryRouter();
  router.inject('late');
  expect(await router.write(await raiseTo(router, 50))).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
  must(await router.write(zero));
  router.land();
  expect(must(await router.observe())).toMatchObject({ canary: 0, rolledBack: 'r1' });
  expect(router.history).toEqual([0]);
});

test('a raise that lands late lands while nothing else was written, and not after settle', async () => {
  const router = new MemoryRouter();
  router.inject('late', 'late');
  await router.write(await raiseTo(router, 25));
  router.land();
  expect(must(await router.observe()).canary).toBe(25);
  await router.write(await raiseTo(router, 50));
  must(await router.settle('r1', 1));
  router.land();
  expect(must(await router.observe()).canary).toBe(25);
});

test('a lost write has no effect, a lost answer does not undo one', async () => {
  const router = new MemoryRouter();
  router.inject('lost', 'answerLost');
  expect(await router.write(await raiseTo(router, 25))).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
  expect(must(await router.settle('r1', 1)).canary).toBe(0);
  expect(await router.write(await raiseTo(router, 25))).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
  expect(must(await router.settle('r1', 1)).canary).toBe(25);
});

test('overtaken by another writer, a raise conflicts and a decrease does not', async () => {
  const router = new MemoryRouter();
  router.inject('overtaken');
  expect(await router.write(await raiseTo(router, 25))).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
  router.inject('overtaken');
  expect(must(await router.write(zero)).canary).toBe(0);
});

test('unreachable is one call long, for every kind of call', async () => {
  const router = new MemoryRouter();
  const calls = [
    () => router.observe(),
    () => router.write(zero),
    () => router.settle('r1', 1),
    () => router.closeStreams(1),
    () => router.current(),
  ];
  for (const call of calls) {
    router.inject('unreachable');
    expect(await call()).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
    expect((await call()).ok).toBe(true);
  }
});

test("somebody else's hand is seen as a weight that nobody wrote", async () => {
  const router = new MemoryRouter();
  router.interfere(80);
  expect(must(await router.observe())).toMatchObject({ canary: 80, release: null });
  expect(router.history).toEqual([]);
});

test('open streams are counted and ended', async () => {
  const router = new MemoryRouter();
  must(await router.write(await raiseTo(router, 50)));
  router.serve(10, { open: 3 });
  must(await router.write(zero));
  expect(must(await router.observe()).canaryInFlight).toBe(3);
  expect(must(await router.closeStreams(1))).toBe(3);
  expect(must(await router.observe()).canaryInFlight).toBe(0);
});
