import { describe, expect, it } from 'vitest';
import { refuses, unmeasured, unmeasuredNotes, unmeasuredSentence } from '../../src/gate/unmeasured.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import type { Series } from '../../src/metrics/series.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { cpu, errorRate, p95, throughput } from '../verdict/a-rule.ts';

const arms = { canary: { version: ['v1'] }, stable: {} };
const rules = [errorRate, p95, throughput, cpu];

const series = (metric: string, value: number, version = 'v1'): Series => ({
  metric,
  labels: { version },
  samples: [{ atMs: 1, value }],
});

const answer = (...all: readonly Series[]): Answer => ({
  kind: 'series',
  source: 'main',
  receivedAtMs: 1,
  series: all,
});

const requests = series('requests_total', 400);
const found = (given: Answer) => unmeasured(rules, given, arms).map(({ rule }) => rule.name);

describe('what nothing measures', () => {
  it('is a latency without its histogram, and a gauge without a series, at a service with requests', () => {
    const missing = unmeasured(rules, answer(requests), arms);
    expect(missing.map(({ rule, query }) => [rule.name, query])).toEqual([
      ['response_time_p95', 'seconds_bucket{version="v1"}'],
      ['cpu_usage', 'cpu{version="v1"}'],
    ]);
    expect(missing.map(({ rule }) => refuses(rule))).toEqual([true, false]);
    expect(missing.map(unmeasuredSentence)).toEqual([
      'response_time_p95 can\'t be measured here: stable serves requests, and no series matches seconds_bucket{version="v1"}. Mend what the rule measures, or say missing: ignore',
      'cpu_usage is not applicable here: no series matches cpu{version="v1"}',
    ]);
  });

  it('is an error rate whose total is not there, while response times are', () => {
    expect(found(answer(series('seconds_bucket', 9), series('cpu', 0.2)))).toEqual(['error_rate', 'throughput']);
  });

  it.each([
    ['errors', [errorRate, cpu], requests],
    ['response times', [p95, cpu], series('seconds_bucket', 9)],
    ['shares', [throughput, cpu], requests],
  ])('is told by what counts requests: %s', (_what, some, counted) => {
    expect(unmeasured(some, answer(counted), arms).map(({ rule }) => rule.name)).toEqual(['cpu_usage']);
  });

  it('is noted for the release, rule by rule', () => {
    expect(unmeasuredNotes(unmeasured(rules, answer(requests, series('seconds_bucket', 9)), arms))).toEqual([
      {
        reason: 'NotMeasurable',
        rule: 'cpu_usage',
        message: 'cpu_usage is not applicable here: no series matches cpu{version="v1"}',
      },
    ]);
  });

  it('is nothing where all is there', () => {
    expect(found(answer(requests, series('seconds_bucket', 9), series('cpu', 0.2)))).toEqual([]);
  });
});

describe('nothing is said', () => {
  it.each<[string, Answer]>([
    ['while the source is away', { kind: 'failed', source: 'main', receivedAtMs: 1, reason: 'Timeout', message: '' }],
    ['of a service that shows nothing yet', answer()],
    ['of a service without a request yet', answer(series('requests_total', 0))],
    ["by another version's series", answer(series('requests_total', 400, 'v0'))],
  ])('%s', (_what, given) => expect(found(given)).toEqual([]));

  it('by a level alone, which is there without a request, too', () => {
    expect(found(answer(series('cpu', 0.4)))).toEqual([]);
  });

  it.each<[string, Rule]>([
    ['of a route, which may have had no request', { ...p95, route: '/checkout' }],
    [
      'of what Sluice itself exports',
      { ...cpu, sli: { kind: 'gauge', selector: { metric: 'sluice_host_cpu_ratio', matchers: [] }, aggregate: 'max' } },
    ],
    [
      'of an expression, which names no series',
      { ...cpu, sli: { kind: 'expression', promql: 'vector(1)', aggregate: 'max' } },
    ],
  ])('%s', (_what, rule) => expect(unmeasured([errorRate, rule], answer(requests), arms)).toEqual([]));

  it('of metrics that could not be asked for', () => {
    const failures = [{ metrics: ['seconds_bucket', 'cpu'], reason: 'Timeout', message: '' }] as const;
    expect(found({ ...answer(requests), failures } as Answer)).toEqual([]);
  });
});

describe('a start is refused', () => {
  it.each([
    ['by a critical one', errorRate, true],
    ['by a warning', p95, true],
    ['not by one that ignores what is missing', { ...p95, missing: 'ignore' as const }, false],
    ['not by one on trial', { ...errorRate, dryRun: true }, false],
    ['not by one that only informs', { ...errorRate, alert: 'info' as const }, false],
    ['not by a level', cpu, false],
    ['not by a share of the traffic', throughput, false],
  ])('%s', (_what, rule, does) => expect(refuses(rule)).toBe(does));
});
