import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/metrics/measure.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import type { Arms } from '../../src/metrics/series.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { arms, errorRule, errorSli, ruleOf } from '../support/metrics.ts';
import { json, matrix, queryServer, sourceAt } from '../support/query-server.ts';

const request = readRequest([errorRule], arms, 30_000);

describe('queries', () => {
  const patterned: Rule = ruleOf(
    {
      kind: 'ratio',
      bad: { metric: 'errors_total', matchers: [{ label: 'code', op: '!~', value: '4..' }] },
      total: { metric: 'calls_total', matchers: [{ label: 'service', op: '=', value: 'a' }] },
    },
    { name: 'patterned' },
  );
  const releases = (count: number): readonly Arms[] =>
    Array.from({ length: count }, (_, i) => ({
      canary: { instance: [1, 2, 3].map((n) => `10.1.${i}.${n}:8080`) },
      stable: { instance: [4, 5, 6].map((n) => `10.1.${i}.${n}:8080`) },
    }));
  const queriesFor = async (all: readonly Arms[], rules: readonly Rule[]) => {
    const { url, queries } = await queryServer((_query, response) => json(response, matrix()));
    const source = sourceAt(url);
    await Promise.all(all.map((each) => source.read(readRequest(rules, each, 30_000))));
    return queries;
  };

  it('ask for all raw series of a release at once, each by its exact values', async () => {
    expect(await queriesFor([arms], [errorRule])).toEqual([
      '{__name__=~"process_start_time_seconds|requests_created|requests_total|up",instance=~"c:1|s:1"}[30000ms]',
    ]);
  });

  it('are shared by all releases of one shape: fewer than three times as many for a hundred', async () => {
    const rules = [errorRule, patterned, ruleOf(errorSli, { name: 'again' })];
    const one = await queriesFor(releases(1), rules);
    const hundred = await queriesFor(releases(100), rules);
    const many = await queriesFor(releases(600), rules);
    expect(hundred.length).toBeLessThan(3 * one.length);
    expect(Math.max(...many.map((query) => query.length))).toBeLessThanOrEqual(15_000);
  });

  it('answer each release by its exact labels, and nothing of another', async () => {
    const instances = ['c:1', 's:1', 'c:12', 'xc:1'];
    const { url } = await queryServer((_query, response) =>
      json(
        response,
        matrix(
          ...instances.map((instance) => ({
            metric: { __name__: 'requests_total', instance, code: '200' },
            values: [[1, '5']],
          })),
        ),
      ),
    );
    const source = sourceAt(url);
    const other: Arms = { canary: { instance: ['c:12'] }, stable: { instance: [] } };
    const [mine, theirs] = await Promise.all([
      source.read(request),
      source.read(readRequest([errorRule], other, 30_000)),
    ]);
    const of = (answer: Answer) =>
      answer.kind === 'series' ? answer.series.map(({ labels }) => labels['instance']) : [];
    expect(of(mine)).toEqual(['c:1', 's:1']);
    expect(of(theirs)).toEqual(['c:12']);
  });

  it('keep label values, however nasty, inside their quotes', async () => {
    const nasty: Arms = {
      canary: { instance: ['"} or vector(0) or up{job="', 'a|b', 'c\\d\n'] },
      stable: { instance: [] },
    };
    expect(await queriesFor([nasty], [errorRule])).toEqual([
      '{__name__=~"process_start_time_seconds|requests_created|requests_total|up",' +
        'instance=~"\\"\\\\} or vector\\\\(0\\\\) or up\\\\{job=\\"|a\\\\|b|c\\\\\\\\d\\n"}[30000ms]',
    ]);
  });

  it('with a label name that is none are refused alone, and nobody else is', async () => {
    const { url } = await queryServer((_query, response) => json(response, matrix()));
    const source = sourceAt(url);
    const broken: Arms = { canary: { 'a"b': ['x'] }, stable: {} };
    const [good, bad] = await Promise.all([source.read(request), source.read(readRequest([errorRule], broken, 1_000))]);
    expect(good.kind).toBe('series');
    expect(bad).toMatchObject({ kind: 'failed', reason: 'QueryError', message: expect.stringContaining('a\\"b') });
  });

  it('for the same expression are one', async () => {
    const rule = ruleOf({ kind: 'expression', promql: 'max(up{$arm})', aggregate: 'max' }, { name: 'up_now' });
    const { url, queries } = await queryServer((query, response) =>
      query.startsWith('max')
        ? json(response, {
            status: 'success',
            data: { resultType: 'vector', result: [{ metric: {}, value: [9, '1'] }] },
          })
        : json(response, matrix()),
    );
    const source = sourceAt(url);
    const both = await Promise.all([1, 2].map(() => source.read(readRequest([rule], arms, 1_000))));
    expect(queries.filter((query) => query.startsWith('max'))).toHaveLength(2);
    for (const answer of both)
      expect(answer).toMatchObject({
        series: [{ metric: 'up_now:canary', samples: [{ atMs: 9000, value: 1 }] }, { metric: 'up_now:stable' }],
      });
  });
});
