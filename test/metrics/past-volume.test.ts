import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/metrics/measure.ts';
import type { Arms, Series } from '../../src/metrics/series.ts';
import { answerOf, arms, at, ruleOf, run, series } from '../support/metrics.ts';

const dayMs = 86_400_000;
const rule = ruleOf(
  {
    kind: 'volume',
    total: { metric: 'requests_total', matchers: [{ label: 'job', op: '=', value: 'app' }] },
    agoMs: dayMs,
  },
  { name: 'throughput', windowMs: 600_000 },
);

const lasting: Arms = { ...arms, lasting: { namespace: ['production'] } };

describe('all requests against another day', () => {
  it('are asked for as two totals, by what lasts and not by instances', () => {
    const request = readRequest([rule], lasting, 30_000);
    expect(request.selectors.map(({ metric }) => metric)).toEqual(['up', 'process_start_time_seconds']);
    const total = { selector: { metric: 'requests_total', matchers: [{ label: 'job', op: '=', value: 'app' }] } };
    expect(request.totals).toEqual([
      { ...total, id: 'throughput:now', labels: { namespace: ['production'] }, windowMs: 600_000, agoMs: 0 },
      { ...total, id: 'throughput:then', labels: { namespace: ['production'] }, windowMs: 600_000, agoMs: dayMs },
    ]);
  });

  const up = (instance: string, value: number) => series('up', { instance }, [99, value]);
  const now = series('throughput:now', {}, [100, 900]);
  const then = series('throughput:then', {}, [100, 1000]);
  const read = (...all: readonly Series[]) => run([{ atSeconds: 100, answer: answerOf(...all) }], { rule }).readings[0];

  it('come to one reading of both', () => {
    expect(read(now, then, up('c:1', 1), up('s:1', 1))).toEqual({
      kind: 'volume',
      atMs: at(100),
      now: 900,
      then: 1000,
    });
  });

  it('have no past where there is none', () => {
    expect(read(now, up('s:1', 1))).toMatchObject({ kind: 'volume', now: 900, then: null });
  });

  it('are unknown while one that counts them does not answer: that would look like lost traffic', () => {
    expect(read(now, then, up('c:1', 1), up('s:1', 0))).toMatchObject({
      reason: 'Stale',
      message: 'the total is not known: s:1 did not answer its last scrape (up is 0)',
    });
  });

  it('are nothing at all when nobody counts now, or when it is no number', () => {
    expect(read(then, up('s:1', 1))).toMatchObject({ kind: 'nothing', reason: 'NoSeries' });
    expect(read(series('throughput:now', {}, [100, Number.NaN]), then)).toMatchObject({ reason: 'NotFinite' });
    expect(read(now, series('throughput:then', {}, [100, Number.NaN]))).toMatchObject({ reason: 'NotFinite' });
  });

  it('cannot be told by a source that fails them', () => {
    const answer = answerOf(now);
    if (answer.kind !== 'series') throw new Error('a series');
    const failures = [{ metrics: ['throughput:then'], reason: 'QueryError', message: 'no past here' }] as const;
    expect(run([{ atSeconds: 100, answer: { ...answer, failures } }], { rule }).readings[0]).toMatchObject({
      reason: 'SourceDown',
      message: 'no past here',
    });
  });
});
