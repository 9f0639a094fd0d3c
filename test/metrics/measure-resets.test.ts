import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Series } from '../../src/metrics/series.ts';
import { answerOf, at, countsOf, requests, run, series, totalOf } from '../support/metrics.ts';

const start = (instance: string, startSeconds: number, ...times: readonly number[]): Series =>
  series('process_start_time_seconds', { instance }, ...times.map((time) => [time, at(startSeconds) / 1000] as const));

describe('a fall', () => {
  const falls = (extra: (seconds: number) => readonly Series[], after: number) =>
    run([
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 100]), ...extra(1)) },
      { atSeconds: 2, answer: answerOf(requests('c:1', '200', [2, after]), ...extra(2)) },
    ]).readings[1];

  it('is a reset when the process started anew; the increment is the new value', () => {
    const restarted = (seconds: number) => [start('c:1', seconds === 1 ? -100 : 1.5, seconds)];
    expect(countsOf(falls(restarted, 80)).fresh.canary.events).toBe(80);
    expect(countsOf(falls(restarted, 130)).fresh.canary.events).toBe(130);
  });

  it('is a reset when `_created` of the series is newer', () => {
    const created = (seconds: number) => [
      series('requests_created', { instance: 'c:1', code: '200' }, [seconds, at(seconds === 1 ? -50 : 1.5) / 1000]),
    ];
    expect(countsOf(falls(created, 90)).fresh.canary.events).toBe(90);
  });

  it('below half is a reset where nobody says anything', () => {
    expect(countsOf(falls(() => [], 49)).fresh.canary.events).toBe(49);
  });

  it('is inconclusive otherwise', () => {
    expect(falls(() => [], 80)).toMatchObject({ kind: 'nothing', reason: 'NoRestartEvidence' });
    expect(falls((seconds) => [start('c:1', -100, seconds)], 10)).toMatchObject({ reason: 'NoRestartEvidence' });
  });

  it('that was a glitch counts nothing twice; a silent reset is taken up again', () => {
    const glitch = [100, 90, 104];
    const silent = [100, 60, 63, 70];
    const counted = (values: readonly number[]) =>
      run(
        values.map((value, index) => ({
          atSeconds: index + 1,
          answer: answerOf(requests('c:1', '200', [index + 1, value])),
        })),
      );
    expect(totalOf(counted(glitch), 'canary').events).toBe(4);
    expect(totalOf(counted(silent), 'canary').events).toBe(10);
  });

  it('of one series holds back the counts of the others until it is explained, and loses none', () => {
    const step = (seconds: number, good: number, other: number) => ({
      atSeconds: seconds,
      answer: answerOf(requests('c:1', '200', [seconds, good]), requests('c:1', '404', [seconds, other])),
    });
    const counted = run([step(1, 100, 50), step(2, 110, 40), step(3, 120, 51)]);
    expect(counted.readings[1]).toMatchObject({ reason: 'NoRestartEvidence' });
    expect(totalOf(counted, 'canary').events).toBe(21);
  });
});

describe('answers of an HA pair', () => {
  it('that are older are passed over', () => {
    const counted = run([
      { atSeconds: 3, answer: answerOf(requests('c:1', '200', [1, 100], [2, 110], [3, 120])) },
      { atSeconds: 3.2, answer: answerOf(requests('c:1', '200', [1.4, 104], [2.4, 114])) },
      { atSeconds: 4, answer: answerOf(requests('c:1', '200', [3, 120], [3.4, 124])) },
    ]);
    expect(totalOf(counted, 'canary').events).toBe(24);
  });

  it('that tell of the process before a restart do not bring it back', () => {
    const counted = run([
      { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 100]), start('c:1', -100, 1)) },
      { atSeconds: 3, answer: answerOf(requests('c:1', '200', [3, 7]), start('c:1', 2, 3)) },
      { atSeconds: 3.1, answer: answerOf(requests('c:1', '200', [1.5, 105]), start('c:1', -100, 1.5)) },
      { atSeconds: 4, answer: answerOf(requests('c:1', '200', [4, 9]), start('c:1', 2, 4)) },
    ]);
    expect(totalOf(counted, 'canary').events).toBe(9);
  });

  it('never count anything twice or lose it, however two offset replicas take turns', () => {
    const rates = fc.array(fc.nat(50), { minLength: 60, maxLength: 60 });
    const polls = fc.array(fc.record({ replica: fc.constantFrom(0, 0.4), lag: fc.nat(3) }), {
      minLength: 15,
      maxLength: 15,
    });
    fc.assert(
      fc.property(rates, polls, (perTenth, asked) => {
        const valueAt = (seconds: number): number =>
          1000 + perTenth.slice(0, Math.round(seconds * 2)).reduce((a, b) => a + b, 0);
        const counted = run(
          asked.map(({ replica, lag }, index) => {
            const newest = Math.max(1, index + 3 - lag) + replica;
            const times = [newest - 2, newest - 1, newest].filter((time) => time > 0);
            const own = times.map((time) => [time, valueAt(time)] as const);
            return { atSeconds: index + 4, answer: answerOf(requests('c:1', '200', ...own)) };
          }),
        );
        const target = counted.memory.targets['c:1'];
        const last = Object.values(target?.series ?? {})[0]?.value ?? 0;
        const first = valueAt(Math.max(0, (target?.fromMs ?? 0) / 1000 - at(0) / 1000));
        expect(totalOf(counted, 'canary').events).toBe(last - first);
      }),
    );
  });
});
