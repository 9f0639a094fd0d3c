import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { watchdog } from '../../../src/lib/rx/watchdog.ts';

const marbles = (): TestScheduler => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
const dog = watchdog<string>({ silenceMs: () => 5, bark: () => 'W' });

describe('watchdog', () => {
  it('barks after the silence, again while it lasts, and is quiet when the source speaks', () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  --a---------------b--c---');
      const unsubscribed = '^-----------------------!';
      const expected = '    --a----W----W----Wb--c---';
      expectObservable(source.pipe(dog), unsubscribed).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(unsubscribed);
    });
  });

  it('barks when the source never speaks at all', () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  ------------');
      const unsubscribed = '^----------!';
      expectObservable(source.pipe(dog), unsubscribed).toBe('-----W----W-');
      expectSubscriptions(source.subscriptions).toBe(unsubscribed);
    });
  });

  it('ends with its source, or errs with it', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const ending = cold('a--|');
      const broken = cold('a--#');
      expectObservable(ending.pipe(dog), '^----------!').toBe('a--|');
      expectObservable(broken.pipe(dog), '^----------!').toBe('a--#');
      expectSubscriptions(ending.subscriptions).toBe('^--!');
      expectSubscriptions(broken.subscriptions).toBe('^--!');
    });
  });
});
