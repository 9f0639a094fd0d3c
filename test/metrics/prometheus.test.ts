import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/metrics/measure.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import type { PrometheusOptions } from '../../src/metrics/prometheus.ts';
import { arms, errorRule, ruleOf } from '../support/metrics.ts';
import { json, matrix, queryServer, sourceAt } from '../support/query-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const request = readRequest([errorRule], arms, 30_000);

const ask = async (listener: RequestListener, more: Partial<PrometheusOptions> = {}): Promise<Answer> => {
  const { origin } = await startUpstream(listener);
  return sourceAt(origin, more).read(request);
};

describe('what a server may answer instead of data', () => {
  const body =
    (value: unknown): RequestListener =>
    (_q, r) =>
      json(r, value);

  it.each<readonly [string, RequestListener, string, RegExp]>([
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
    ['an empty value', body(matrix({ metric: {}, values: [[1, '']] })), 'Malformed', /\[1,""\] where/],
    ['no value', body(matrix({ metric: {}, values: [[1, null]] })), 'Malformed', /\[1,null\] where/],
  ])('%s', async (_name, listener, reason, message) => {
    const answer = await ask(listener);
    expect(answer).toMatchObject({ kind: 'failed', source: 'main', reason, message: expect.stringMatching(message) });
  });

  it.each<readonly [string, RequestListener]>([
    ['nothing, for ever', () => {}],
    ['a drop now and then', (_q, r) => void setInterval(() => r.write(' '), 20).unref()],
  ])('%s', async (_name, listener) => {
    const message = expect.stringMatching(/no complete answer from http:.* within 300ms/);
    expect(await ask(listener, { timeoutMs: 300 })).toMatchObject({ kind: 'failed', reason: 'Timeout', message });
  });

  it('200 MB, packed into a few hundred kilobytes', async () => {
    const packed = gzipSync(Buffer.alloc(200_000_000, ' '), { level: 1 });
    const before = process.memoryUsage.rss();
    const answer = await ask((_q, r) => r.setHeader('content-encoding', 'gzip').end(packed));
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
    const { url } = await queryServer((query, response) =>
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
    const { url, seen } = await queryServer((_query, response) => json(response, matrix()));
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
