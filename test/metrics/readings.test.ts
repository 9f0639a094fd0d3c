import { asyncScheduler, EMPTY, map, NEVER, type Observable, of, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Answer, MetricSource, ReadRequest } from '../../src/metrics/metric-source.ts';
import { answers } from '../../src/metrics/readings.ts';

const marbles = (): TestScheduler => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
const clock = { wallMs: () => 7, monotonicMs: () => 7 };
const request: ReadRequest = { selectors: [], expressions: [], arms: { canary: {}, stable: {} }, lookbackMs: 1 };

const answer = (source: string): Answer => ({ kind: 'series', source, receivedAtMs: 7, series: [] });

/** Reads are streams here: `from` takes them like promises, and they keep to virtual time. */
const sourceOf = (read: (at: number) => Observable<Answer>, intervalMs = 4): MetricSource => ({
  name: 'main',
  intervalMs,
  read: () => read(asyncScheduler.now()) as unknown as Promise<Answer>,
});

const taking =
  (ms: number) =>
  (at: number): Observable<Answer> =>
    timer(ms).pipe(map(() => answer(`asked at ${at}`)));

describe('answers', () => {
  it('come at the source’s pace', () => {
    marbles().run(({ expectObservable }) => {
      const stream = answers({ source: sourceOf(taking(1)), request: () => request, clock });
      const values = { a: answer('asked at 0'), b: answer('asked at 4'), c: answer('asked at 8') };
      expectObservable(stream, '^---------!').toBe('-a---b---c-', values);
    });
  });

  it('come at each reader’s own place in the interval, or at the nearest moment that the source has before it', () => {
    marbles().run(({ expectObservable }) => {
      const at = (ms: number): Answer => answer(`asked at ${ms}`);
      const own = answers({ source: sourceOf(taking(1)), request: () => request, clock, place: 0.75 });
      expectObservable(own, '^--------!').toBe('-a--b---c', { a: at(0), b: at(3), c: at(7) });
      const shared = { ...sourceOf(taking(1)), moments: 2 };
      const ours = answers({ source: shared, request: () => request, clock, place: 0.75 });
      expectObservable(ours, '^--------!').toBe('-a-b---c-', { a: at(0), b: at(2), c: at(6) });
    });
  });

  it('come at the first of the source’s moments after the canary’s next sample is due', () => {
    marbles().run(({ expectObservable }) => {
      const samples = [100, 1_100].map((atMs) => ({ atMs, value: 1 }));
      const series = (pod: string, times = samples) => ({ metric: 'http', labels: { pod }, samples: times });
      const own = { ...answer('own'), series: [series('s', []), series('c')] };
      const now = { ...answer('now'), series: [series('c', [{ atMs: 1_100, value: 1 }])] };
      const asking = { ...request, arms: { canary: { pod: ['c'] }, stable: { pod: ['s'] } } };
      const told = (reply: Answer) =>
        answers({
          source: { ...sourceOf(() => of(reply), 1_000), moments: 4 },
          request: () => asking,
          clock,
          place: 0.75,
        });
      expectObservable(told(own), '^ 2s !').toBe('o 249ms o 999ms o', { o: own });
      expectObservable(told(now), '^ 2s !').toBe('n 749ms n 999ms n', { n: now });
    });
  });

  it('never overtake each other: a tick during a read is passed over', () => {
    marbles().run(({ expectObservable }) => {
      const stream = answers({ source: sourceOf(taking(6)), request: () => request, clock });
      const values = { a: answer('asked at 0'), b: answer('asked at 8') };
      expectObservable(stream, '^---------------!').toBe('------a-------b-', values);
    });
  });

  it('are failures where the source breaks, and go on after it', () => {
    marbles().run(({ expectObservable }) => {
      const breaking = sourceOf((at) => {
        if (at === 4) throw new Error('oops');
        return taking(1)(at);
      });
      const broke: Answer = {
        kind: 'failed',
        source: 'main',
        receivedAtMs: 7,
        reason: 'Unreachable',
        message: 'main broke: Error: oops',
      };
      const values = { a: answer('asked at 0'), x: broke, c: answer('asked at 8') };
      expectObservable(answers({ source: breaking, request: () => request, clock }), '^---------!').toBe(
        '-a--x----c-',
        values,
      );
    });
  });

  it('say so when a read never ends, and the source is asked again', () => {
    marbles().run(({ expectObservable, hot, expectSubscriptions }) => {
      const hanging = hot<Answer>('-');
      const stream = answers({ source: sourceOf(() => hanging, 7_000), request: () => request, clock });
      const late: Answer = {
        kind: 'failed',
        source: 'main',
        receivedAtMs: 7,
        reason: 'Timeout',
        message: 'main gave no answer within 15s',
      };
      expectObservable(stream, '^ 44999ms !').toBe('15s x 20999ms x', { x: late });
      expectSubscriptions(hanging.subscriptions).toBe(['^ 14999ms !', '21s ^ 14999ms !', '42s ^ 2999ms !']);
    });
  });

  it('say so when nothing at all is heard', () => {
    marbles().run(({ expectObservable }) => {
      const stream = answers({ source: sourceOf(() => EMPTY, 5_000), request: () => request, clock });
      const silent: Answer = {
        kind: 'failed',
        source: 'main',
        receivedAtMs: 7,
        reason: 'Silent',
        message: 'nothing was heard of main for too long',
      };
      expectObservable(stream, '^ 30s !').toBe('25s x', { x: silent });
    });
  });

  it('wait for a first request without a word, and then do not wait long', () => {
    marbles().run(({ expectObservable, cold }) => {
      let asked: ReadRequest | null = null;
      cold('70ms x').subscribe(() => {
        asked = request;
      });
      const stream = answers({ source: sourceOf(taking(1), 5_000), request: () => asked, clock });
      expectObservable(stream, '^ 6s !').toBe('101ms a 4899ms b', {
        a: answer('asked at 100'),
        b: answer('asked at 5000'),
      });
      expectObservable(answers({ source: sourceOf(() => NEVER), request: () => null, clock }), '^ 90s !').toBe('-');
    });
  });
});
