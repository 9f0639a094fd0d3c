/** What was not paged before a restart is paged after it, of a release that has ended, too. */
import { expect, it } from 'vitest';
import { openMemoryStore } from '../../src/release/memory.ts';
import type { Release } from '../../src/release/release.ts';
import { tellMissedPages } from '../../src/wiring/missed-pages.ts';
import { value } from '../contract/store.ts';
import { inPhase, phases } from '../support/a-release.ts';

it('is handed over for what is under way, and for the newest of a policy that is over', async () => {
  const store = value(openMemoryStore());
  const line = { atMs: 7, kind: 'event', reason: 'RollbackDidNotHelp', message: 'it did not help', data: {} } as const;
  const save = async (release: Release) => value(await store.save({ ...release, version: 0 }, [line]));
  const old = inPhase(phases.rolledBack, { id: 'app-1', policy: 'app', startedAtMs: 1 });
  await save(old);
  await save({ ...old, id: 'app-2', startedAtMs: 2 });
  // The next one runs already.
  await save({ ...old, id: 'shop-0', policy: 'shop', startedAtMs: 2 });
  const active = await save(inPhase(phases.baking, { id: 'shop-1', policy: 'shop', startedAtMs: 3 }));
  const told: string[] = [];
  const tookOver = (...[{ id }, log, nowMs]: readonly [Release, readonly unknown[], number]): void =>
    void told.push(`${id} ${log.length} ${nowMs}`);
  await tellMissedPages({ clock: { wallMs: () => 9 }, desk: { tookOver }, store }, [active], ['app', 'shop']);
  expect(told).toEqual(['shop-1 1 9', 'app-2 1 9', 'shop-0 1 9']);
  await store.close();
});
