/** What every router that holds a split of its own must do, with the backends it splits between. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Result } from '../../src/lib/result.ts';
import type { Router, RouteState, WeightWrite, WriteFailure, WriteProblem } from '../../src/router/router.ts';
import type { Backends } from '../../src/workload/backends.ts';
import { must } from '../support/proxy.ts';

/** A router between two backends that have an endpoint each. */
export interface RouterUnderTest {
  readonly router: Router;
  /** Sends requests one after the other and answers which backend got each. */
  send(requests: number): Promise<readonly ('canary' | 'stable')[]>;
  /** Requests in a hundred by which the split may be off: 0 for a data plane of our own, more where the dice are thrown for each. */
  readonly offBy: number;
  /** Whether the data plane tells how many requests each backend got, and can end those that are open. */
  readonly dataPlane: 'counts' | 'tells nothing';
}

/** One that holds its split itself. */
export interface PlaneUnderTest extends RouterUnderTest {
  /** Revisions `old` and `new`, pointed by epoch 1. */
  readonly backends: Backends;
  /** The data plane's process dies and starts again. */
  restart(): Promise<void>;
}

export function routerContract(name: string, make: () => Promise<RouterUnderTest>): void {
  let plane: RouterUnderTest;
  const { observe, raise, lower, expectNo } = driving(() => plane);
  const expectShare = (sent: readonly string[], weight: number): void => {
    expect(sent).toHaveLength(100);
    expect(Math.abs(canariesIn(sent) - weight), `${canariesIn(sent)} for ${weight}`).toBeLessThanOrEqual(plane.offBy);
  };

  /** As the router told it; nothing where it can't know. */
  const expectSince = async (sent: readonly string[]): Promise<void> => {
    const counted = { canary: canariesIn(sent), stable: sent.length - canariesIn(sent) };
    expect((await observe()).since).toEqual(plane.dataPlane === 'counts' ? counted : null);
  };

  describe(`router contract: ${name}`, () => {
    beforeEach(async () => {
      plane = await make();
    });

    test('starts with everything on stable', async () => {
      expect(await observe()).toMatchObject({
        canary: 0,
        stable: 100,
        release: null,
        rolledBack: null,
        canaryReady: true,
        stableReady: true,
      });
      expect(canariesIn(await plane.send(50))).toBe(0);
    });

    test('a write is what is observed after it, and what the traffic does', async () => {
      const written = must(await raise(25));
      expect(written).toMatchObject({ canary: 25, stable: 75, release: 'r1', epoch: 1 });
      expect(await observe()).toEqual({ ...written });
      expectShare(await plane.send(100), 25);
    });

    test.each([1, 25, 50, 99, 100])('weight %i is exact in every aligned block of 100', async (weight) => {
      must(await raise(weight));
      const sent = await plane.send(300);
      for (const block of [0, 100, 200]) expectShare(sent.slice(block, block + 100), weight);
      await expectSince(sent);
    });

    test('a new weight counts from the next request, in the middle of a block', async () => {
      must(await raise(100));
      expect(canariesIn(await plane.send(37))).toBe(37);
      must(await lower(0));
      const sent = await plane.send(100);
      expect(canariesIn(sent)).toBe(0);
      await expectSince(sent);
    });

    test('the same weight again neither starts a new block nor the count', async () => {
      must(await raise(25));
      const sent = [...(await plane.send(60))];
      must(await lower(25));
      sent.push(...(await plane.send(40)));
      expectShare(sent, 25);
      await expectSince(sent);
    });

    test('a raise must quote the present version', async () => {
      const { version } = await observe();
      must(await raise(25));
      await expectNo(await raise(50, { ifVersion: version }), 'Conflict', 25);
      await expectNo(await raise(50, { ifVersion: null }), 'Conflict', 25);
      must(await raise(50));
      expect((await observe()).canary).toBe(50);
    });

    test('a decrease is absolute, whatever was written since', async () => {
      must(await raise(50));
      must(await plane.router.settle('r1', 1));
      expect(must(await lower(0)).canary).toBe(0);
      expect(must(await lower(0)).canary).toBe(0);
    });

    test('a decrease that quotes a version means it', async () => {
      const { version } = await observe();
      must(await raise(50));
      await expectNo(await lower(25, { ifVersion: version }), 'Conflict', 50);
      expect(must(await lower(25, { ifVersion: (await observe()).version })).canary).toBe(25);
    });

    test('a decrease that comes late lowers no other release', async () => {
      must(await raise(25));
      must(await lower(0));
      must(await raise(50, { release: 'r2' }));
      await expectNo(await lower(0, { release: 'r1', latch: true }), 'Conflict', 50);
    });

    test('another release takes over at weight 0 only', async () => {
      must(await raise(25));
      await expectNo(await raise(50, { release: 'r2' }), 'Conflict', 25);
      must(await lower(0));
      expect(must(await raise(25, { release: 'r2' }))).toMatchObject({ release: 'r2', canary: 25 });
    });

    test('another release takes away what it found, when it quotes what it read', async () => {
      must(await raise(25));
      await expectNo(await lower(0, { release: 'r2' }), 'Conflict', 25);
      const { version } = await observe();
      expect(must(await lower(0, { release: 'r2', ifVersion: version }))).toMatchObject({ release: 'r2', canary: 0 });
    });

    test('every write changes the version, and versions do not come back', async () => {
      const versions = [(await observe()).version];
      for (const weight of [25, 50]) versions.push(must(await raise(weight)).version);
      versions.push(must(await lower(0)).version, must(await lower(0)).version);
      versions.push(must(await plane.router.settle('r1', 1)).version);
      expect(new Set(versions).size).toBe(versions.length);
    });

    test.each([-1, 101, 12.5, Number.NaN])('refuses weight %d', async (weight) => {
      await expectNo(await raise(weight), 'Refused', 0);
    });

    test('a lower epoch is fenced in everything', async () => {
      must(await raise(25, { epoch: 7 }));
      await expectNo(await raise(50, { epoch: 6 }), 'Fenced', 25);
      await expectNo(await lower(0, { epoch: 6 }), 'Fenced', 25);
      await expectNo(await plane.router.settle('r1', 6), 'Fenced', 25);
      await expectNo(await plane.router.closeStreams(6), 'Fenced', 25);
      expect((await observe()).epoch).toBe(7);
    });

    test('a takeover stamps its epoch without touching the weight', async () => {
      must(await raise(25));
      expect(must(await plane.router.settle('r1', 2))).toMatchObject({ epoch: 2, canary: 25, release: 'r1' });
      await expectNo(await lower(0, { epoch: 1 }), 'Fenced', 25);
    });

    test('after settle no earlier raise can land', async () => {
      const { version } = await observe();
      must(await plane.router.settle('r1', 1));
      await expectNo(await raise(50, { ifVersion: version }), 'Conflict', 0);
    });

    test('the latch comes with the decrease and forbids every raise of that release', async () => {
      must(await raise(50));
      expect(must(await lower(0, { latch: true }))).toMatchObject({ canary: 0, rolledBack: 'r1' });
      await expectNo(await raise(1), 'Refused', 0);
      must(await raise(25, { release: 'r2' }));
      must(await lower(0, { release: 'r2', latch: true }));
      await expectNo(await raise(1, { release: 'r1' }), 'Refused', 0);
      await expectNo(await raise(1, { release: 'r2' }), 'Refused', 0);
    });

    test('the latch does not go with a raise', async () => {
      await expectNo(await raise(25, { latch: true }), 'Refused', 0);
    });

    test('streams are not ended on a canary that gets traffic', async () => {
      must(await raise(25));
      await expectNo(await plane.router.closeStreams(1), 'Refused', 25);
      must(await lower(0));
      expect(must(await plane.router.closeStreams(1))).toBe(plane.dataPlane === 'counts' ? 0 : null);
    });
  });
}

function driving(plane: () => RouterUnderTest) {
  const observe = async (): Promise<RouteState> => must(await plane().router.observe());
  const raise = async (canary: number, more: Partial<WeightWrite> = {}) =>
    plane().router.write({
      release: 'r1',
      epoch: 1,
      canary,
      ifVersion: (await observe()).version,
      latch: false,
      ...more,
    });
  const lower = (canary: number, more: Partial<WeightWrite> = {}) =>
    plane().router.write({ release: 'r1', epoch: 1, canary, ifVersion: null, latch: false, ...more });
  const expectNo = async (
    result: Result<unknown, WriteProblem>,
    reason: WriteFailure,
    weightStays: number,
  ): Promise<void> => {
    expect(result).toMatchObject({ ok: false, error: { reason } });
    if (!result.ok) expect(result.error.message).not.toBe('');
    expect(await observe()).toMatchObject({ canary: weightStays, stable: 100 - weightStays });
  };

  return { observe, raise, lower, expectNo };
}

/** What a data plane must do that holds its weights itself, and loses them with its process. */
export function restartContract(name: string, make: () => Promise<PlaneUnderTest>): void {
  test(`restart contract: ${name}: a restart of the data plane is seen, starts without canary traffic, and forgets neither epoch, latch nor backends`, async () => {
    const plane = await make();
    const { observe, raise, lower, expectNo } = driving(() => plane);
    must(await raise(50, { release: 'r0', epoch: 3 }));
    must(await lower(0, { release: 'r0', epoch: 3, latch: true }));
    must(await raise(25, { epoch: 3 }));
    const before = await observe();
    const targets = must(await plane.backends.current());
    await plane.restart();
    const after = await observe();
    expect(after).toMatchObject({ canary: 0, stable: 100, epoch: 3, release: 'r1', since: { canary: 0, stable: 0 } });
    expect(after.startedAtMs).not.toBe(before.startedAtMs);
    expect(must(await plane.backends.current())).toEqual(targets);
    expect(canariesIn(await plane.send(20))).toBe(0);
    await expectNo(await raise(50, { epoch: 3, ifVersion: before.version }), 'Conflict', 0);
    await expectNo(await raise(50, { epoch: 3, release: 'r0' }), 'Refused', 0);
    expect(must(await raise(25, { epoch: 3 })).canary).toBe(25);
  });
}

/** What a data plane that deals the requests itself must do besides: nothing regular in the clients meets something regular in the split. */
export function deckContract(name: string, make: () => Promise<RouterUnderTest>): void {
  test(`deck contract: ${name}: the order inside a block is not regular`, async () => {
    const { router, send } = await make();
    const { version } = must(await router.observe());
    must(await router.write({ release: 'r1', epoch: 1, canary: 50, ifVersion: version, latch: false }));
    const sent = (await send(200)).map((backend) => backend.charAt(0)).join('');
    expect(sent.slice(0, 100)).not.toBe(sent.slice(100));
    expect(sent).toMatch(/ccc|sss/);
  });
}

const canariesIn = (sent: readonly string[]): number => sent.filter((backend) => backend === 'canary').length;
