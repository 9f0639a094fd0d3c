import { writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/metrics/measure.ts';
import type { Answer, ReadRequest } from '../../src/metrics/metric-source.ts';
import { type PrometheusOptions, prometheusSource } from '../../src/metrics/prometheus.ts';
import type { Arms } from '../../src/metrics/series.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { arms, errorRule, errorSli, ruleOf } from '../support/metrics.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const request = readRequest([errorRule], arms, 30_000);

/** A server that answers every query by its text, and what it was asked. */
async function server(answer: (query: string, response: ServerResponse) => void) {
  const queries: string[] = [];
  const upstream = await startUpstream((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on('end', () => {
      const query = new URLSearchParams(body).get('query') ?? '';
      queries.push(query);
      answer(query, response);
    });
  });
  return { url: upstream.origin, queries, seen: upstream.seen };
}

const json = (response: ServerResponse, body: unknown): void =>
  void response.setHeader('content-type', 'application/json').end(JSON.stringify(body));

const matrix = (...result: readonly object[]) => ({ status: 'success', data: { resultType: 'matrix', result } });

const sourceAt = (url: string, more: Partial<PrometheusOptions> = {}) =>
  prometheusSource({ name: 'main', url, intervalMs: 1_000, timeoutMs: 300, ...more });

const ask = async (
  listener: RequestListener,
  more: Partial<PrometheusOptions> = {},
  asked: ReadRequest = request,
): Promise<Answer> => {
  const { origin } = await startUpstream(listener);
  return sourceAt(origin, more).read(asked);
};

describe('what a server may answer instead of data', () => {
  const body =
    (value: unknown): RequestListener =>
    (_q, r) =>
      json(r, value);

  it.each<readonly [string, RequestListener, string, RegExp]>([
    ['nothing, for ever', () => {}, 'Timeout', /no complete answer from http:.* within 300ms/],
    ['a drop now and then', (_q, r) => void setInterval(() => r.write(' '), 20).unref(), 'Timeout', /within 300ms/],
    [
      '200 MB, packed',
      (_q, r) => r.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(200_000_000))),
      'TooLarge',
      /16777216 bytes/,
    ],
    [
      'a login page with 200',
      (_q, r) => r.setHeader('content-type', 'text/html').end('<html>Log in'),
      'Malformed',
      /web page where JSON/,
    ],
    ['half of it', (_q, r) => void (r.write('{"status":'), setTimeout(() => r.destroy(), 20)), 'Unreachable', /./],
    ['another JSON', body({ hello: 1 }), 'Malformed', /status/],
    [
      'a redirect',
      (_q, r) => void r.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'Malformed',
      /redirects to http:\/\/169/,
    ],
    ['500', (_q, r) => void r.writeHead(500).end('upstream broke'), 'Unreachable', /500: upstream broke/],
    ['404', (_q, r) => void r.writeHead(404).end('no such page'), 'Malformed', /404/],
    ['401', (_q, r) => void r.writeHead(401).end(), 'Unauthorized', /401: check the token/],
    [
      'warnings',
      body({ ...matrix(), warnings: ['store eu-1 did not answer'] }),
      'Warnings',
      /store eu-1 did not answer/,
    ],
    [
      'an error',
      (_q, r) => void r.writeHead(422).end('{"status":"error","errorType":"execution","error":"too many samples"}'),
      'QueryError',
      /execution: too many samples/,
    ],
    [
      'a time-out of its own',
      (_q, r) => void r.writeHead(503).end('{"status":"error","errorType":"timeout","error":"query timed out"}'),
      'Timeout',
      /timed out/,
    ],
    ['an empty value', body(matrix({ metric: {}, values: [[1, '']] })), 'Malformed', /"" where a number/],
    ['no value', body(matrix({ metric: {}, values: [[1, null]] })), 'Malformed', /values/],
  ])('%s', async (_name, listener, reason, message) => {
    const answer = await ask(listener);
    expect(answer).toMatchObject({ kind: 'failed', source: 'main', reason, message: expect.stringMatching(message) });
  });

  it('200 MB, packed into a few hundred kilobytes', async () => {
    const packed = gzipSync(Buffer.alloc(200_000_000, ' '), { level: 1 });
    const before = process.memoryUsage.rss();
    const answer = await ask((_q, r) => r.setHeader('content-encoding', 'gzip').end(packed), { timeoutMs: 10_000 });
    expect(answer).toMatchObject({
      kind: 'failed',
      reason: 'TooLarge',
      message: expect.stringMatching(/16777216 bytes/),
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  });

  it('nothing listens there', async () => {
    const answer = await sourceAt('http://127.0.0.1:9').read(request);
    expect(answer).toMatchObject({
      kind: 'failed',
      reason: 'Unreachable',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  it('numbers that are none are passed on for the judge to refuse', async () => {
    const metric = { __name__: 'requests_total', instance: 'c:1' };
    const answer = await ask((_q, r) =>
      json(
        r,
        matrix({
          metric,
          values: [
            [1, 'NaN'],
            [2, '+Inf'],
            [3, '-Inf'],
            [3.25, '4e2'],
          ],
        }),
      ),
    );
    expect(answer).toMatchObject({
      series: [
        {
          metric: 'requests_total',
          labels: { instance: 'c:1' },
          samples: [
            { atMs: 1000, value: Number.NaN },
            { atMs: 2000, value: Number.POSITIVE_INFINITY },
            { atMs: 3000, value: Number.NEGATIVE_INFINITY },
            { atMs: 3250, value: 400 },
          ],
        },
      ],
    });
  });

  it('one query that fails fails its own metrics only', async () => {
    const rule = ruleOf({ kind: 'expression', promql: 'sum(up{$arm}', aggregate: 'max' }, { name: 'broken' });
    const { url } = await server((query, response) =>
      query.startsWith('sum')
        ? json(response, { status: 'error', errorType: 'bad_data', error: 'parse error' })
        : json(response, matrix()),
    );
    const answer = await sourceAt(url).read(readRequest([errorRule, rule], arms, 1_000));
    expect(answer).toMatchObject({
      kind: 'series',
      failures: [
        { metrics: ['broken:canary'], reason: 'QueryError', message: 'main: bad_data: parse error' },
        { metrics: ['broken:stable'] },
      ],
    });
  });
});

describe('credentials', () => {
  it('are a token file that is read anew, and headers', async () => {
    const tokenFile = join(await tempDir(), 'token');
    const { url, seen } = await server((_query, response) => json(response, matrix()));
    const source = sourceAt(url, { tokenFile, headers: { 'x-scope-orgid': 'team-a' } });
    expect(await source.read(request)).toMatchObject({
      reason: 'Unauthorized',
      message: expect.stringContaining('ENOENT'),
    });
    await writeFile(tokenFile, 'one\n');
    await source.read(request);
    await writeFile(tokenFile, 'two\n');
    await source.read(request);
    expect([...new Set(seen.map(({ headers }) => headers.authorization))]).toEqual(['Bearer one', 'Bearer two']);
    expect(seen[0]?.headers['x-scope-orgid']).toBe('team-a');
  });

  it('never show in a message', async () => {
    const answer = await sourceAt('http://user:secret@127.0.0.1:9/?key=secret').read(request);
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});

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
    const { url, queries } = await server((_query, response) => json(response, matrix()));
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
    const { url } = await server((_query, response) =>
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
    const { url } = await server((_query, response) => json(response, matrix()));
    const source = sourceAt(url);
    const broken: Arms = { canary: { 'a"b': ['x'] }, stable: {} };
    const [good, bad] = await Promise.all([source.read(request), source.read(readRequest([errorRule], broken, 1_000))]);
    expect(good.kind).toBe('series');
    expect(bad).toMatchObject({ kind: 'failed', reason: 'QueryError', message: expect.stringContaining('a\\"b') });
  });

  it('for the same expression are one', async () => {
    const rule = ruleOf({ kind: 'expression', promql: 'max(up{$arm})', aggregate: 'max' }, { name: 'up_now' });
    const { url, queries } = await server((query, response) =>
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
