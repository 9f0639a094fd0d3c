import { describe, expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import type { Series } from '../../src/metrics/series.ts';
import { answerOf, at, countsOf, requests, run, series, totalOf } from '../support/metrics.ts';

const start = (instance: string, startSeconds: number, ...times: readonly number[]): Series =>
  series('process_start_time_seconds', { instance }, ...times.map((time) => [time, at(startSeconds) / 1000] as const));

const up = (instance: string, ...samples: readonly (readonly [number, number])[]): Series =>
  series('up', { instance, job: 'app' }, ...samples);

const stable = (...samples: readonly (readonly [number, number])[]): Series => requests('s:1', '200', ...samples);

describe('increments', () => {
  it('are differences of raw counters; the first sample is only a baseline', () => {
    const { readings } = run([
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 100]), stable([1, 900])) },
      { atSeconds: 2, answer: answerOf(requests('c:1', '200', [1, 100], [2, 110]), stable([1, 900], [2, 930])) },
    ]);
    expect(readings[0]).toMatchObject({ kind: 'nothing', reason: 'FirstSample' });
    expect(countsOf(readings[1]).fresh).toEqual({ canary: { events: 10, bad: 0 }, stable: { events: 30, bad: 0 } });
  });

  it('are in exactly one reading: the same answer again adds nothing', () => {
    const answer = answerOf(requests('c:1', '200', [1, 100], [2, 110]), stable([1, 900], [2, 930]));
    const counted = run([
      { atSeconds: 2, answer },
      { atSeconds: 2, answer },
      { atSeconds: 3, answer },
    ]);
    expect(totalOf(counted, 'canary')).toEqual({ events: 10, bad: 0 });
    expect(countsOf(counted.readings[2]).fresh.canary).toEqual({ events: 0, bad: 0 });
  });

  it('of a series that appears in a live, unrestarted target are its value: the first error counts', () => {
    const { readings } = run([
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 100]), stable([1, 1])) },
      {
        atSeconds: 2,
        answer: answerOf(requests('c:1', '200', [2, 110]), requests('c:1', '500', [2, 1]), stable([2, 1])),
      },
    ]);
    expect(countsOf(readings[1]).fresh.canary).toEqual({ events: 11, bad: 1 });
  });

  it('of a target that was up before its first request are the whole value of its first series', () => {
    const { readings } = run([
      { atSeconds: 1, answer: answerOf(up('c:1', [1, 1]), start('c:1', -500, 1), stable([1, 1])) },
      { atSeconds: 2, answer: answerOf(up('c:1', [2, 1]), requests('c:1', '500', [2, 3]), stable([2, 1])) },
    ]);
    expect(readings[0]).toMatchObject({ reason: 'NoSeries' });
    expect(countsOf(readings[1]).fresh.canary).toEqual({ events: 3, bad: 3 });
  });

  it('of a target seen for the first time are none, unless its process began after counting did', () => {
    const first = { atSeconds: 10, answer: answerOf(stable([10, 1])) };
    const second = (began: number) => ({
      atSeconds: 20,
      answer: answerOf(requests('c:1', '200', [20, 50]), start('c:1', began, 20), stable([20, 1])),
    });
    expect(run([first, second(-100)]).readings[1]).toMatchObject({ reason: 'FirstSample' });
    expect(countsOf(run([first, second(15)]).readings[1]).fresh.canary).toEqual({ events: 50, bad: 0 });
  });

  it('before the first traffic are only a baseline for the canary; stable is seen', () => {
    const answers = [
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 1]), stable([1, 10])) },
      { atSeconds: 2, answer: answerOf(requests('c:1', '200', [2, 5]), stable([2, 20])) },
      { atSeconds: 3, answer: answerOf(requests('c:1', '200', [3, 9]), stable([3, 30])) },
    ];
    const begun = run(answers, { notBeforeMs: at(2.5) });
    expect(totalOf(begun, 'canary')).toEqual({ events: 4, bad: 0 });
    const notBegun = run(answers, { notBeforeMs: null });
    expect(totalOf(notBegun, 'canary')).toEqual({ events: 0, bad: 0 });
    expect(totalOf(notBegun, 'stable')).toEqual({ events: 20, bad: 0 });
  });

  it('missed while nobody looked count once when sight returns', () => {
    const blind = { kind: 'failed', source: 'main', receivedAtMs: 0, reason: 'Timeout', message: 'no answer' } as const;
    const counted = run([
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 100]), stable([1, 0])) },
      { atSeconds: 2, answer: blind },
      { atSeconds: 600, answer: blind },
      {
        atSeconds: 900,
        answer: answerOf(requests('c:1', '200', [900, 1100]), requests('c:1', '500', [900, 7]), stable([900, 3])),
      },
    ]);
    expect(counted.readings[1]).toMatchObject({ kind: 'nothing', reason: 'SourceDown', message: 'no answer' });
    expect(totalOf(counted, 'canary')).toEqual({ events: 1007, bad: 7 });
  });

  it('survive a switch to a source that labels the same counters in its own way', () => {
    const scraped = (seconds: number, value: number) => [
      requests('c:1', '200', [seconds, value]),
      series('up', { instance: 'c:1' }, [seconds, 1]),
    ];
    const collected = (seconds: number, value: number) => [
      series('requests_total', { instance: 'c:1', code: '200', job: 'app', pod: 'app-1' }, [seconds, value]),
      series('up', { instance: 'c:1', job: 'app', pod: 'app-1' }, [seconds, 1]),
    ];
    const counted = run([
      { atSeconds: 1, answer: answerOf(...collected(1, 100)) },
      { atSeconds: 2, answer: answerOf(...scraped(2, 110)) },
      { atSeconds: 3, answer: answerOf(...collected(2.5, 115)) },
    ]);
    expect(totalOf(counted, 'canary')).toEqual({ events: 15, bad: 0 });
  });

  it('are not invented when all labels of a target change at once', () => {
    const counted = run([
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 10_000])) },
      {
        atSeconds: 2,
        answer: answerOf(series('requests_total', { instance: 'c:1', code: '200', zone: 'b' }, [2, 10_010])),
      },
      {
        atSeconds: 3,
        answer: answerOf(series('requests_total', { instance: 'c:1', code: '200', zone: 'b' }, [3, 10_020])),
      },
    ]);
    expect(totalOf(counted, 'canary')).toEqual({ events: 10, bad: 0 });
  });

  it('of a metric that the answer before could not get are not invented either', () => {
    const failing = {
      ...answerOf(up('c:1', [1, 1])),
      failures: [{ metrics: ['requests_total'], reason: 'QueryError' as const, message: 'no' }],
    };
    const counted = run([
      { atSeconds: 1, answer: failing },
      { atSeconds: 2, answer: answerOf(up('c:1', [2, 1]), requests('c:1', '500', [2, 10_000])) },
      { atSeconds: 3, answer: answerOf(up('c:1', [3, 1]), requests('c:1', '500', [3, 10_002])) },
    ]);
    expect(counted.readings[0]).toMatchObject({ reason: 'SourceDown', message: 'no' });
    expect(totalOf(counted, 'canary')).toEqual({ events: 2, bad: 2 });
  });
});

describe('the memory', () => {
  it('forgets targets that are gone, after an hour', () => {
    const { memory } = run([
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 100]), stable([1, 1])) },
      { atSeconds: 3700, answer: answerOf(stable([3700, 1])) },
    ]);
    expect(Object.keys(memory.targets)).toEqual(['s:1']);
  });

  it('stays small while nothing can be compared, however long that takes', () => {
    const steps = Array.from({ length: 3_000 }, (_, t) => ({ atSeconds: t + 1, answer: answerOf(stable([t + 1, t])) }));
    const { memory, readings } = run(steps);
    expect(readings.at(-1)).toMatchObject({ reason: 'NoSeries' });
    expect(JSON.stringify(memory).length).toBeLessThan(50_000);
  });

  it('holds whatever names targets have', () => {
    const odd = { canary: { instance: ['__proto__'] }, stable: { instance: ['constructor'] } };
    const step = (seconds: number, value: number) => ({
      atSeconds: seconds,
      arms: odd,
      answer: answerOf(
        requests('__proto__', '200', [seconds, value]),
        requests('constructor', '200', [seconds, value]),
      ),
    });
    const counted = run([step(1, 10), step(2, 15)], { memory: emptyMemory });
    expect(totalOf(counted, 'canary').events).toBe(5);
    expect(({} as Record<string, unknown>)['atMs']).toBeUndefined();
  });
});
