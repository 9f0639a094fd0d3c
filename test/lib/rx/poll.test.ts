import { mergeMap, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { poll } from '../../../src/lib/rx/poll.ts';

const marbles = (): TestScheduler => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

describe('poll', () => {
  it('ticks at once, then at whole multiples of the interval, whenever it was begun', () => {
    marbles().run(({ expectObservable }) => {
      const ticks = poll({ intervalMs: () => 5 });
      expectObservable(ticks, '   ^-----------!').toBe('x----x----x--', { x: undefined });
      expectObservable(ticks, '--^---------!').toBe(' --x--x----x--', { x: undefined });
    });
  });

  it('ticks so long after each multiple as it is told', () => {
    marbles().run(({ expectObservable }) => {
      expectObservable(poll({ intervalMs: () => 5, offsetMs: () => 2 }), '^------------!').toBe('x-x----x----x-', {
        x: undefined,
      });
    });
  });

  it('does not tick twice where a timer fires a moment before its time', () => {
    marbles().run(({ expectObservable, cold }) => {
      const begunEarly = cold('999ms x').pipe(mergeMap(() => poll({ intervalMs: () => 1_000 })));
      expectObservable(begunEarly, '^ 3500ms !').toBe('999ms x 1000ms x 999ms x', { x: undefined });
    });
  });

  it('takes up a new interval at the next tick', () => {
    marbles().run(({ expectObservable }) => {
      const intervals = [4, 4, 2];
      const ticks = poll({ intervalMs: () => intervals.shift() ?? 2 });
      expectObservable(ticks, '^------------!').toBe('x---x---x-x-x', { x: undefined });
    });
  });

  it('does not grow the stack or the chain of subscriptions', () => {
    const scheduler = new TestScheduler(() => {});
    let seen = 0;
    scheduler.maxFrames = Number.POSITIVE_INFINITY;
    poll({ intervalMs: () => 1, scheduler })
      .pipe(take(50_000))
      .subscribe(() => (seen += 1));
    scheduler.flush();
    expect(seen).toBe(50_000);
  });
});
