/** What the backends of every data plane of our own must do: never traffic to nothing, never another revision under a canary. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { RouteState, WeightWrite } from '../../src/router/router.ts';
import type { BackendChange } from '../../src/workload/backends.ts';
import { must } from '../support/proxy.ts';
import type { PlaneUnderTest } from './router.ts';

export function backendsContract(name: string, make: () => Promise<PlaneUnderTest>): void {
  let plane: PlaneUnderTest;

  const observe = async (): Promise<RouteState> => must(await plane.router.observe());
  const write = async (canary: number, more: Partial<WeightWrite> = {}) =>
    plane.router.write({
      release: 'r1',
      epoch: 1,
      canary,
      ifVersion: (await observe()).version,
      latch: false,
      ...more,
    });
  const empty = (backend: BackendChange['backend']) =>
    plane.backends.point({ backend, revision: null, endpoints: [], epoch: 1 });

  describe(`backends contract: ${name}`, () => {
    beforeEach(async () => {
      plane = await make();
    });

    test('no traffic to a backend without endpoints', async () => {
      must(await empty('canary'));
      expect((await observe()).canaryReady).toBe(false);
      expect(await write(25)).toMatchObject({ ok: false, error: { reason: 'Refused' } });
      expect((await observe()).canary).toBe(0);
    });

    test('endpoints come with the revision that they run', async () => {
      const targets = must(await plane.backends.current());
      const nameless = { backend: 'canary', revision: null, endpoints: ['http://127.0.0.1:1'], epoch: 1 } as const;
      expect(await plane.backends.point(nameless)).toMatchObject({ ok: false, error: { reason: 'Refused' } });
      expect(must(await plane.backends.current())).toEqual(targets);
    });

    test('a backend that gets traffic keeps its endpoints', async () => {
      must(await write(25));
      for (const backend of ['canary', 'stable'] as const) {
        expect(await empty(backend)).toMatchObject({ ok: false, error: { reason: 'Refused' } });
      }
      expect(await observe()).toMatchObject({ canaryReady: true, stableReady: true, canary: 25 });
    });

    test('stable may be empty while the canary has everything, but nothing goes back to it then', async () => {
      must(await write(100));
      must(await empty('stable'));
      expect(await write(0, { ifVersion: null })).toMatchObject({ ok: false, error: { reason: 'Refused' } });
      expect((await observe()).canary).toBe(100);
    });

    test('another revision does not slip under a canary that gets traffic', async () => {
      must(await write(25));
      const { canary } = must(await plane.backends.current());
      const swapped = await plane.backends.point({ ...canary, backend: 'canary', revision: 'newer', epoch: 1 });
      expect(swapped).toMatchObject({ ok: false, error: { reason: 'Refused' } });
      expect(must(await plane.backends.current()).canary).toEqual(canary);
    });

    test('pointing changes the version once, and again says nothing new', async () => {
      const { stable } = must(await plane.backends.current());
      const { version } = await observe();
      must(await plane.backends.point({ ...stable, backend: 'stable', epoch: 1 }));
      expect((await observe()).version).toBe(version);
      must(await plane.backends.point({ ...stable, backend: 'stable', revision: 'newer', epoch: 1 }));
      expect((await observe()).version).not.toBe(version);
      expect(must(await plane.backends.current()).stable).toEqual({ ...stable, revision: 'newer' });
    });

    test('a lower epoch is fenced', async () => {
      const { stable } = must(await plane.backends.current());
      must(await plane.router.settle('r1', 7));
      const pointed = await plane.backends.point({ ...stable, backend: 'stable', revision: 'x', epoch: 6 });
      expect(pointed).toMatchObject({ ok: false, error: { reason: 'Fenced', retryable: false } });
      expect(must(await plane.backends.current()).stable).toEqual(stable);
    });
  });
}
