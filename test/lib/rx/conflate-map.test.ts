import { map, type Observable, Subject, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { conflateMap } from '../../../src/lib/rx/conflate-map.ts';

const marbles = (): TestScheduler => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

/** Takes three frames, then answers its value. */
const slow = (value: string): Observable<string> => timer(3).pipe(map(() => value));

describe('conflateMap', () => {
  it('runs one at a time and, of what waits, only the newest', () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  ab-c--------|');
      const unsubscribed = '^--------------!';
      //                    a runs 0-3; b, then c wait; c runs 3-6
      const expected = '    ---a--c-----|';
      expectObservable(source.pipe(conflateMap(slow)), unsubscribed).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^-----------!');
    });
  });

  it('subscribes to the next only when the one before has ended', () => {
    marbles().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const first = cold('  --x|');
      const second = cold('    ---y|');
      const inner = { a: first, b: second };
      const source = hot<'a' | 'b'>('ab------');
      const unsubscribed = '         ^--------!';
      expectObservable(source.pipe(conflateMap((key) => inner[key])), unsubscribed).toBe('--x---y-');
      expectSubscriptions(first.subscriptions).toBe(' ^--!');
      expectSubscriptions(second.subscriptions).toBe('---^---!');
    });
  });

  it('lets go of the source and of what runs when nobody listens any more; what waits is not begun', () => {
    marbles().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const inner = { a: cold('------x|'), b: cold('x|') };
      const source = hot<'a' | 'b'>('ab------');
      const unsubscribed = '         ^---!';
      expectObservable(source.pipe(conflateMap((key) => inner[key])), unsubscribed).toBe('-----');
      expectSubscriptions(source.subscriptions).toBe(unsubscribed);
      expectSubscriptions(inner.a.subscriptions).toBe(unsubscribed);
      expectSubscriptions(inner.b.subscriptions).toBe([]);
    });
  });

  it('joins what waits, so that nothing is lost', () => {
    marbles().run(({ hot, expectObservable }) => {
      const source = hot('  abcd--------');
      const joined = source.pipe(conflateMap(slow, (pending, newest) => pending + newest));
      expectObservable(joined, '^-----------!').toBe('---a--x', { a: 'a', x: 'bcd' });
    });
  });

  it('still runs what waits when the source completes', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('ab|').pipe(conflateMap(slow)), '^-----------!').toBe('---a--(b|)');
    });
  });

  it('hands errors of the source and of the project on', () => {
    marbles().run(({ hot, cold, expectObservable }) => {
      expectObservable(hot('a#').pipe(conflateMap(slow)), '^-----!').toBe('-#');
      expectObservable(hot('a-').pipe(conflateMap(() => cold('--#'))), '^-----!').toBe('--#');
    });
  });

  it('keeps to one at a time when a result feeds the source', () => {
    const source = new Subject<number>();
    const running: number[] = [];
    source.pipe(conflateMap((value) => [running.push(value)])).subscribe(() => {
      if (running.length < 3) source.next(running.length);
    });
    source.next(0);
    expect(running).toEqual([0, 1, 2]);
  });

  it('does not grow the stack when every project answers at once', () => {
    const source = new Subject<number>();
    let seen = 0;
    source.pipe(conflateMap((value) => [value])).subscribe(() => (seen += 1));
    for (let i = 0; i < 20_000; i += 1) source.next(i);
    expect(seen).toBe(20_000);
  });
});
