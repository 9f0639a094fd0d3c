import { describe, expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure, readRequest } from '../../src/metrics/measure.ts';
import type { Sli } from '../../src/rules/sli.ts';
import {
  answerOf,
  arms,
  at,
  countsOf,
  errorRule,
  errorSli,
  requests,
  ruleOf,
  run,
  series,
} from '../support/metrics.ts';

const bucket = (instance: string, le: string, ...samples: readonly (readonly [number, number])[]) =>
  series('seconds_bucket', { instance, le }, ...samples);

const latency = (bound: number, missing: 'refuse' | 'snap' = 'refuse'): Sli => ({
  kind: 'latency',
  histogram: { metric: 'seconds', matchers: [] },
  quantile: 0.95,
  bound,
  unitsPerSecond: 1,
  snap: missing === 'snap',
});

describe('a ratio', () => {
  it('with no bad series is no bad event; with no total it is no data, and says what was looked for', () => {
    const stableOnly = answerOf(
      requests('s:1', '200', [1, 5]),
      requests('s:1', '404', [1, 5]),
      requests('x:9', '200', [1, 5]),
    );
    const { readings } = run([{ atSeconds: 1, answer: stableOnly }]);
    expect(readings[0]).toEqual({
      kind: 'nothing',
      atMs: at(1),
      reason: 'NoSeries',
      message:
        '0 series of main match requests_total{instance="c:1"}; the stable selector matches 2, and 1 belong to neither',
    });
  });

  it('counts a metric of its own for what is bad', () => {
    const bad = { metric: 'errors_total', matchers: [] };
    const rule = ruleOf({ kind: 'ratio', bad, total: { metric: 'requests_total', matchers: [] } });
    const step = (t: number) => ({
      atSeconds: t,
      answer: answerOf(requests('c:1', '', [t, 10 * t]), series('errors_total', { instance: 'c:1' }, [t, t])),
    });
    expect(countsOf(run([step(1), step(2)], { rule }).readings[1]).fresh).toEqual({
      canary: { events: 10, bad: 1 },
      stable: null,
    });
  });

  it('takes bad and total of one scrape, though one query saw a scrape that the other did not yet', () => {
    const total = { metric: 'requests_total', matchers: [] };
    const rule = ruleOf({ kind: 'ratio', bad: { metric: 'errors_total', matchers: [] }, total });
    const errors = (...samples: readonly (readonly [number, number])[]) =>
      series('errors_total', { instance: 'c:1' }, ...samples);
    const { readings } = run(
      [
        { atSeconds: 2, answer: answerOf(requests('c:1', '', [1, 10], [2, 20]), errors([1, 10], [2, 20])) },
        { atSeconds: 3, answer: answerOf(requests('c:1', '', [1, 10], [2, 20], [3, 30]), errors([1, 10], [2, 20])) },
        {
          atSeconds: 4,
          answer: answerOf(requests('c:1', '', [2, 20], [3, 30], [4, 40]), errors([2, 20], [3, 30], [4, 40])),
        },
      ],
      { rule },
    );
    expect(readings.map((each) => countsOf(each).fresh.canary)).toEqual([
      { events: 10, bad: 10 },
      { events: 0, bad: 0 },
      { events: 20, bad: 20 },
    ]);
  });
});

describe('samples that cannot be judged', () => {
  const good = { atSeconds: 1, answer: answerOf(requests('c:1', '200', [1, 5])) };
  const second = (answer: ReturnType<typeof answerOf>, atSeconds = 2) => run([good, { atSeconds, answer }]).readings[1];

  it('are stale by their own time, or by a scrape that failed', () => {
    const dead = second(answerOf(requests('c:1', '200', [1, 5])), 30);
    expect(dead).toMatchObject({
      reason: 'Stale',
      message: 'no live canary target: c:1 gave its last sample 29 s ago',
    });
    const down = second(answerOf(requests('c:1', '200', [2, 5]), series('up', { instance: 'c:1' }, [2, 0])));
    expect(down).toMatchObject({ reason: 'Stale', message: expect.stringContaining('up is 0') });
  });

  it('may be as old as three scrapes of a slow target', () => {
    const slow = (...times: readonly number[]) =>
      answerOf(requests('c:1', '200', ...times.map((t) => [t, t] as const)));
    const { readings } = run([
      { atSeconds: 61, answer: slow(1, 31, 61) },
      { atSeconds: 149, answer: slow(31, 61) },
      { atSeconds: 153, answer: slow(31, 61) },
    ]);
    expect(readings.map(({ kind }) => kind)).toEqual(['counts', 'counts', 'nothing']);
  });

  it('come from the future', () => {
    expect(second(answerOf(requests('c:1', '200', [100, 5])))).toMatchObject({
      reason: 'Stale',
      message: expect.stringContaining("98 s ahead of this machine's clock"),
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('are %d', (value) => {
    expect(second(answerOf(requests('c:1', '200', [2, value])))).toMatchObject({ reason: 'NotFinite' });
  });

  it('belong to both arms', () => {
    const both = { canary: { app: ['a'] }, stable: { app: ['a'] } };
    const answer = answerOf(series('requests_total', { app: 'a' }, [1, 1]));
    expect(run([{ atSeconds: 1, answer, arms: both }]).readings[0]).toMatchObject({ reason: 'Ambiguous' });
  });

  it('belong to nobody when an arm has no labels at all', () => {
    const none = { canary: {}, stable: {} };
    const answer = answerOf(requests('c:1', '200', [1, 1]));
    expect(run([{ atSeconds: 1, answer, arms: none }]).readings[0]).toMatchObject({ reason: 'NoSeries' });
  });
});

describe('latency', () => {
  const step = (t: number, les: readonly string[]) => ({
    atSeconds: t,
    answer: answerOf(...les.map((le, i) => bucket('c:1', le, [t, 100 * t - 10 * t * (les.length - 1 - i)]))),
  });

  it.each(['0.5', '0.50', '5e-1'])('reads the bucket whose bound is the threshold, written as %s', (le) => {
    const les = ['0.25', le, '1', '+Inf'];
    const { readings } = run([step(1, les), step(2, les)], { rule: ruleOf(latency(0.5)) });
    expect(countsOf(readings[1]).fresh.canary).toEqual({ events: 100, bad: 20 });
  });

  it('has no reading without that bucket, and names the nearest', () => {
    const les = ['0.25', '0.5', '1', '+Inf'];
    const { readings } = run([step(1, les)], { rule: ruleOf(latency(0.4)) });
    expect(readings[0]).toMatchObject({
      reason: 'BucketMissing',
      message: expect.stringContaining('the nearest are 0.25 and 0.5'),
    });
  });

  it('takes the next lower bucket if the rule says so', () => {
    const les = ['0.25', '0.5', '1', '+Inf'];
    const { readings } = run([step(1, les), step(2, les)], { rule: ruleOf(latency(0.9, 'snap')) });
    expect(countsOf(readings[1]).fresh.canary).toEqual({ events: 100, bad: 20 });
    expect(run([step(1, les)], { rule: ruleOf(latency(0.1, 'snap')) }).readings[0]).toMatchObject({
      reason: 'BucketMissing',
    });
  });

  it('is not compared with a stable version that has other buckets', () => {
    const both = (t: number) => ({
      atSeconds: t,
      answer: answerOf(
        ...['0.5', '+Inf'].map((le) => bucket('c:1', le, [t, 10 * t])),
        ...['0.4', '+Inf'].map((le) => bucket('s:1', le, [t, 10 * t])),
      ),
    });
    const { fresh } = countsOf(run([both(1), both(2)], { rule: ruleOf(latency(0.5)) }).readings[1]);
    expect(fresh).toEqual({ canary: { events: 10, bad: 0 }, stable: null });
  });
});

describe('metrics with labels of their own', () => {
  it('are assigned by those', () => {
    const own = {
      ...arms,
      own: [{ prefix: 'sluice_proxy_', canary: { backend: ['canary'] }, stable: { backend: ['stable'] } }],
    };
    const rule = ruleOf({ kind: 'volume', total: { metric: 'sluice_proxy_requests_total', matchers: [] } });
    const one = (backend: string, t: number, value: number) =>
      series('sluice_proxy_requests_total', { instance: 'proxy', backend }, [t, value]);
    const step = (t: number) => ({
      atSeconds: t,
      arms: own,
      answer: answerOf(one('canary', t, t), one('stable', t, 3 * t)),
    });
    expect(countsOf(run([step(1), step(2)], { rule }).readings[1])).toMatchObject({
      fresh: { canary: { events: 1 }, stable: { events: 3 } },
      aligned: { fromMs: at(1), toMs: at(2), canary: { events: 1 }, stable: { events: 3 } },
    });
  });
});

describe('what is asked for', () => {
  it('is each selector once, without those that a wider one answers, and what tells of restarts', () => {
    const request = readRequest([errorRule, ruleOf(latency(0.5), { name: 'p95' })], arms, 30_000);
    expect(request.selectors.map(({ metric }) => metric)).toEqual([
      'requests_total',
      'seconds_bucket',
      'requests_created',
      'seconds_created',
      'up',
      'process_start_time_seconds',
    ]);
    expect(request.selectors[0]).toEqual({ metric: 'requests_total', matchers: [] });
  });

  it('is an expression for each side that exists', () => {
    const rule = ruleOf({ kind: 'expression', promql: 'up{$arm}', aggregate: 'max' }, { name: 'e' });
    expect(readRequest([rule], arms, 1).expressions).toEqual([
      { id: 'e:canary', promql: 'up{instance="c:1"}' },
      { id: 'e:stable', promql: 'up{instance="s:1"}' },
    ]);
    expect(readRequest([rule], { ...arms, stable: { instance: [] } }, 1).expressions).toHaveLength(1);
  });

  it('leaves every rule with a reading when the source is down, and the memory as it was', () => {
    const answer = {
      kind: 'failed',
      source: 'main',
      receivedAtMs: 0,
      reason: 'Timeout',
      message: 'no answer in 2 s',
    } as const;
    const rules = [errorRule, ruleOf(errorSli, { name: 'other' })];
    const { memory, readings } = measure({ rules, arms, memory: emptyMemory, answer, nowMs: 7, notBeforeMs: 0 });
    expect(memory).toBe(emptyMemory);
    expect(Object.keys(readings)).toEqual(['error_rate', 'other']);
  });
});
