import { pino } from 'pino';
import { expect, it } from 'vitest';
import { failed, ok, type Result } from '../../../src/lib/result.ts';
import { Posts } from '../../../src/wiring/cluster/posts.ts';
import { eventually } from '../../support/eventually.ts';

const log = pino({ level: 'silent' });

const untilStopped = (stop: AbortSignal): Promise<Result<void>> =>
  new Promise((resolve) => stop.addEventListener('abort', () => resolve(ok(undefined)), { once: true }));

/** What is kept now, and how often each was begun. */
function watched(of: (namespace: string, stop: AbortSignal) => Promise<Result<void>>) {
  const now = new Set<string>();
  const begun: string[] = [];
  const keep = async (namespace: string, stop: AbortSignal): Promise<Result<void>> => {
    now.add(namespace);
    begun.push(namespace);
    const kept = await of(namespace, stop);
    now.delete(namespace);
    return kept;
  };
  return { keep, now: () => [...now].toSorted(), begun };
}

it('keeps each namespace that is wanted once, and lets go a while after it is not', async () => {
  const stop = new AbortController();
  const { begun, keep, now } = watched((_namespace, until) => untilStopped(until));
  const left: string[] = [];
  const posts = new Posts({ keep, left: (each) => left.push(each), log, stop: stop.signal, againMs: 1, dropMs: 20 });
  posts.want(new Set(['a', 'b']));
  posts.want(new Set(['a', 'b']));
  expect(now()).toEqual(['a', 'b']);
  posts.want(new Set(['b', 'c']));
  // Somebody applies it again before it was let go.
  posts.want(new Set(['a', 'b', 'c']));
  posts.want(new Set(['b', 'c']));
  await eventually(() => now().length === 2);
  expect(now()).toEqual(['b', 'c']);
  posts.want(new Set(['a', 'b', 'c']));
  await eventually(() => now().length === 3);
  expect([begun, left]).toEqual([['a', 'b', 'c', 'a'], ['a']]);
  stop.abort();
  await posts.settled();
  expect(now()).toEqual([]);
  posts.add('late');
  expect(begun).not.toContain('late');
});

it('tries again where one fails or throws, and the others go on', async () => {
  const stop = new AbortController();
  let tries = 0;
  const { keep, now } = watched(async (namespace, until) => {
    if (namespace === 'well') return untilStopped(until);
    tries++;
    if (tries === 1) return failed({ reason: 'Forbidden', message: 'not yet', retryable: true });
    if (tries === 2) throw new Error('a defect');
    return untilStopped(until);
  });
  const left: string[] = [];
  const posts = new Posts({ keep, left: (each) => left.push(each), log, stop: stop.signal, againMs: 1, dropMs: 1 });
  posts.want(new Set(['ill', 'well']));
  await eventually(() => tries === 3);
  expect(now()).toContain('well');
  expect(left).toEqual([]);
  stop.abort();
  await posts.settled();
});

it('does not take up again what ended by itself after it was dropped', async () => {
  const stop = new AbortController();
  const { promise: gone, resolve: go } = Promise.withResolvers<Result<void>>();
  const { begun, keep, now } = watched(() => gone);
  const posts = new Posts({ keep, log, stop: stop.signal, againMs: 1, dropMs: 60_000 });
  posts.want(new Set(['a']));
  posts.want(new Set());
  go(ok(undefined));
  await posts.settled();
  expect([begun, now()]).toEqual([['a'], []]);
});

it('takes up again what is wanted again while it is ending', async () => {
  const stop = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<null>();
  let isEnding = false;
  const { begun, keep, now } = watched(async (_namespace, until) => {
    await untilStopped(until);
    isEnding = true;
    await ended;
    return ok(undefined);
  });
  const posts = new Posts({ keep, log, stop: stop.signal, againMs: 1, dropMs: 1 });
  posts.want(new Set(['a']));
  posts.want(new Set());
  await eventually(() => isEnding);
  posts.want(new Set(['a']));
  end(null);
  await eventually(() => begun.length === 2);
  expect(now()).toEqual(['a']);
  stop.abort();
  await posts.settled();
});

it('does not take up again what was wanted again while it was ending, and then was not', async () => {
  const stop = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<null>();
  let isEnding = false;
  const { begun, keep } = watched(async (_namespace, until) => {
    await untilStopped(until);
    isEnding = true;
    await ended;
    return ok(undefined);
  });
  const posts = new Posts({ keep, log, stop: stop.signal, againMs: 1, dropMs: 1 });
  for (const wanted of [['a'], []]) posts.want(new Set(wanted));
  await eventually(() => isEnding);
  for (const wanted of [[], ['a'], []]) posts.want(new Set(wanted));
  end(null);
  await posts.settled();
  expect(begun).toEqual(['a']);
});
