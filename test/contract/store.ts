/** What every store must do, whatever it keeps its records in. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/lib/result.ts';
import type { HistoryBound } from '../../src/release/history-bound.ts';
import { noLooks } from '../../src/release/journal.ts';
import type { LogEntry } from '../../src/release/log.ts';
import type { Store } from '../../src/release/store.ts';
import { aPolicy, aRelease, inPhase, phases, startMs } from '../support/a-release.ts';
import { span } from '../support/journal-spans.ts';

/** A place that outlives the stores that are opened on it. */
export interface StorePlace {
  open(options?: HistoryBound): Result<Store> | Promise<Result<Store>>;
}

const line = (message: string): LogEntry => ({
  atMs: startMs,
  kind: 'event',
  reason: 'Tried',
  message,
  data: { n: 1 },
});

export function storeContract(name: string, makePlace: () => Promise<StorePlace>): void {
  const opened = async (): Promise<{ readonly place: StorePlace; readonly store: Store }> => {
    const place = await makePlace();
    return { place, store: value(await place.open()) };
  };

  describe(`${name} as a store`, () => {
    it('is empty at first', async () => {
      const { store } = await opened();
      expect(value(await store.release('none'))).toBeNull();
      expect(value(await store.policy('none'))).toBeNull();
      expect(value(await store.releases({}))).toEqual([]);
      expect(value(await store.log('none'))).toEqual([]);
      expect(value(await store.unreadable())).toEqual([]);
      await store.close();
    });

    it('gives back what was saved, one version on', async () => {
      const { store } = await opened();
      const saved = value(await store.save(aRelease(), [line('first')]));
      expect(saved).toEqual({ ...aRelease(), version: 1 });
      expect(value(await store.release('app-1'))).toEqual(saved);
      expect(value(await store.save(saved, [line('second')])).version).toBe(2);
      expect(value(await store.log('app-1')).map(({ message }) => message)).toEqual(['first', 'second']);
      await store.close();
    });

    it('refuses a save on anything but the version that was read, and keeps nothing of it', async () => {
      const { store } = await opened();
      const first = value(await store.save(aRelease(), []));
      const second = value(await store.save({ ...first, countedMs: 5 }, []));
      const late = await store.save({ ...first, countedMs: 9 }, [line('lost')]);
      expect(late).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
      expect(await store.save(aRelease(), [])).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
      const unheard = { ...aRelease({ id: 'app-9' }), version: 3 };
      expect(await store.save(unheard, [])).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
      expect(value(await store.release('app-1'))).toEqual(second);
      expect(value(await store.log('app-1'))).toEqual([]);
      await store.close();
    });

    it('keeps a policy under the same condition', async () => {
      const { store } = await opened();
      const saved = value(await store.savePolicy(aPolicy({ frozen: ['v0'] })));
      expect(value(await store.policy('app'))).toEqual({ ...aPolicy({ frozen: ['v0'] }), version: 1 });
      expect(await store.savePolicy(aPolicy())).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
      expect(value(await store.savePolicy({ ...saved, stable: 'v2' })).version).toBe(2);
      await store.close();
    });

    it('lists the newest first, by policy, by activity, up to a limit', async () => {
      const { store } = await opened();
      await store.save(aRelease({ id: 'a-1', policy: 'a' }), []);
      await store.save(aRelease({ id: 'b-1', policy: 'b' }), []);
      await store.save(inPhase(phases.succeeded, { id: 'a-2', policy: 'a' }), []);
      const ids = async (filter: Parameters<Store['releases']>[0]): Promise<readonly string[]> =>
        value(await store.releases(filter)).map(({ id }) => id);
      expect(await ids({})).toEqual(['a-2', 'b-1', 'a-1']);
      expect(await ids({ policy: 'a' })).toEqual(['a-2', 'a-1']);
      expect(await ids({ active: true })).toEqual(['b-1', 'a-1']);
      expect(await ids({ policy: 'a', active: true })).toEqual(['a-1']);
      expect(await ids({ limit: 1 })).toEqual(['a-2']);
      await store.close();
    });

    it('answers the last lines of a long log, oldest first', async () => {
      const { store } = await opened();
      const lines = Array.from({ length: 1_200 }, (_, n) => line(String(n)));
      await store.save(aRelease(), lines);
      const all = value(await store.log('app-1')).map(({ message }) => message);
      expect([all.length, all[0], all.at(-1)]).toEqual([1_000, '200', '1199']);
      expect(value(await store.log('app-1', 2)).map(({ message }) => message)).toEqual(['1198', '1199']);
      await store.close();
    });

    it('forgets the oldest ended releases of a policy with their logs, never a running one', async () => {
      const place = await makePlace();
      const store = value(await place.open({ keep: 2 }));
      await store.save(aRelease({ id: 'running' }), []);
      for (const id of ['e-1', 'e-2', 'e-3']) await store.save(inPhase(phases.succeeded, { id }), [line(id)]);
      expect(value(await store.releases({})).map(({ id }) => id)).toEqual(['e-3', 'e-2', 'running']);
      expect(value(await store.log('e-1'))).toEqual([]);
      expect(value(await store.log('e-2'))).toHaveLength(1);
      await store.close();
    });

    it('forgets what ended long before the newest, but never that', async () => {
      const place = await makePlace();
      const store = value(await place.open({ keepForMs: 60_000 }));
      const endedAt = (id: string, endedAtMs: number) => inPhase({ phase: 'succeeded', endedAtMs }, { id });
      await store.save(endedAt('e-1', startMs), []);
      await store.save(endedAt('e-2', startMs + 30_000), []);
      await store.save(endedAt('e-3', startMs + 61_000), []);
      expect(value(await store.releases({})).map(({ id }) => id)).toEqual(['e-3', 'e-2']);
      await store.save(endedAt('e-4', startMs + 9_000_000), []);
      expect(value(await store.releases({})).map(({ id }) => id)).toEqual(['e-4']);
      await store.close();
    });

    it('keeps looks beside the record, in order and in bounds, over its own restart', async () => {
      const { place, store } = await opened();
      await store.save(aRelease(), []);
      const spans = Array.from({ length: 200 }, (_, n) => span(n + 1));
      for (const each of spans.slice(0, 150)) value(await store.note('app-1', each));
      await store.close();
      const next = value(await place.open());
      for (const each of spans.slice(150)) value(await next.note('app-1', each));
      expect(value(await next.journal('app-1'))).toEqual({ spans, trend: [], cut: false });
      expect(value(await next.journal('none'))).toEqual(noLooks);
      expect(await next.note('none', span(1))).toMatchObject({ ok: false });
      expect(value(await next.release('app-1'))?.version).toBe(1);
      await next.close();
    });

    it('keeps a look that comes after the end behind those before it', async () => {
      const { store } = await opened();
      const { version } = value(await store.save(aRelease(), []));
      value(await store.note('app-1', span(1)));
      value(await store.save(inPhase(phases.succeeded, { version }), []));
      value(await store.note('app-1', span(2)));
      expect(value(await store.journal('app-1'))).toEqual({ spans: [span(1), span(2)], trend: [], cut: false });
      await store.close();
    });

    it('keeps what is read after the end apart, over its own restart', async () => {
      const { place, store } = await opened();
      const { version } = value(await store.save(aRelease(), []));
      value(await store.note('app-1', span(1)));
      value(await store.save(inPhase(phases.succeeded, { version }), []));
      const trend = [2, 3, 4].map((n) => ({ ...span(n), trend: true }) as const);
      await Promise.all(trend.slice(0, 2).map((each) => store.note('app-1', each)));
      await store.close();
      const next = value(await place.open());
      value(await next.note('app-1', trend[2] ?? span(4)));
      const kept = value(await next.journal('app-1'));
      // Two that are told at once are both kept, in either order.
      const inTime = kept.trend.toSorted((a, b) => a.toMs - b.toMs);
      expect({ ...kept, trend: inTime }).toEqual({ spans: [span(1)], trend, cut: false });
      await next.close();
    });

    it('forgets the looks at a release with the release', async () => {
      const place = await makePlace();
      const store = value(await place.open({ keep: 1 }));
      await store.save(inPhase(phases.succeeded, { id: 'e-1' }), []);
      value(await store.note('e-1', span(1)));
      await store.save(inPhase(phases.succeeded, { id: 'e-2' }), []);
      expect(value(await store.journal('e-1')).spans).toEqual([]);
      await store.close();
    });

    it('has one writer at a time; the next one has a higher number and finds everything', async () => {
      const { place, store } = await opened();
      await store.save(aRelease(), [line('kept')]);
      const second = await place.open();
      expect(second).toMatchObject({ ok: false, error: { reason: 'StoreInUse', retryable: true } });
      await store.close();
      const next = value(await place.open());
      expect(next.epoch).toBeGreaterThan(store.epoch);
      expect(value(await next.release('app-1'))?.version).toBe(1);
      expect(value(await next.log('app-1'))).toHaveLength(1);
      await next.close();
    });

    it('answers every call after it was closed with a problem', async () => {
      const { store } = await opened();
      await store.close();
      await store.close();
      const answers = await Promise.all([
        store.release('a'),
        store.releases({}),
        store.save(aRelease(), []),
        store.policy('a'),
        store.savePolicy(aPolicy()),
        store.log('a'),
        store.unreadable(),
        store.note('a', span(1)),
        store.journal('a'),
      ]);
      for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { reason: 'StoreClosed' } });
    });
  });
}

/** The value, or the test fails with the problem's own words. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.message}`);
  return result.value;
}
