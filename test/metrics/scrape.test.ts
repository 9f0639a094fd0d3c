import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/metrics/measure.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import { type ScrapeOptions, scrapeSource } from '../../src/metrics/scrape.ts';
import type { ScrapeTarget } from '../../src/metrics/scrape-target.ts';
import { metricSourceContract } from '../contract/metric-source.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { arms, errorRule } from '../support/metrics.ts';
import { metricsPage } from '../support/metrics-page.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

metricSourceContract('direct scrape', async (atEnd) => {
  const canary = await metricsPage(atEnd);
  const stable = await metricsPage(atEnd);
  const targets = () => [canary, stable].map(({ instance, url }) => ({ instance, url }));
  const source = scrapeSource({ name: 'scrape', targets, intervalMs: 250, timeoutMs: 10_000 });
  return { source, canary, stable, keepsPast: false };
});

const request = readRequest([errorRule], arms, 30_000);

const read = (targets: readonly ScrapeTarget[], options: Partial<ScrapeOptions> = {}): Promise<Answer> =>
  scrapeSource({ name: 'scrape', targets: () => targets, intervalMs: 250, timeoutMs: 10_000, ...options }).read(
    request,
  );

const serving = async (listener: RequestListener): Promise<ScrapeTarget> => {
  const { port } = await startUpstream(listener);
  return { instance: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/metrics` };
};

describe('direct scrape', () => {
  it('goes on with the targets that answer, and says which do not', async () => {
    const page = await metricsPage();
    page.add('requests_total', { code: '200' }, 3);
    const gone = await metricsPage();
    await gone.close();
    const source = scrapeSource({ name: 'scrape', targets: () => [page, gone], intervalMs: 250, timeoutMs: 10_000 });
    await eventually(async () => {
      const answer = await source.read(request);
      const ups = answer.kind === 'series' ? answer.series.filter(({ metric }) => metric === 'up') : [];
      expect(ups.map(({ labels, samples }) => [labels['instance'], samples.at(-1)?.value])).toEqual([
        [page.instance, 1],
        [gone.instance, 0],
      ]);
      return true;
    });
  });

  it('is not kept waiting by a target that hangs', async () => {
    const page = await metricsPage();
    page.add('requests_total', { code: '200' });
    const hanging = await serving(() => {});
    const source = scrapeSource({ name: 'scrape', targets: () => [page, hanging], intervalMs: 250, timeoutMs: 20_000 });
    const begun = performance.now();
    const answer = await source.read(request);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(answer).toMatchObject({ kind: 'series' });
  });

  it('follows targets that come and go', async () => {
    const [one, two] = [await metricsPage(), await metricsPage()];
    let targets = [one];
    const source = scrapeSource({ name: 'scrape', targets: () => targets, intervalMs: 250, timeoutMs: 10_000 });
    const instances = async () => {
      const answer = await source.read(request);
      return answer.kind === 'series'
        ? answer.series.filter(({ metric }) => metric === 'up').map(({ labels }) => labels['instance'])
        : [];
    };
    expect(await instances()).toEqual([one.instance]);
    targets = [two];
    expect(await instances()).toEqual([two.instance]);
  });

  it('asks a target once for all who read at the same time', async () => {
    let asked = 0;
    const target = await serving((_request, response) => {
      asked += 1;
      response.end('up_time 1\n');
    });
    const source = scrapeSource({ name: 'scrape', targets: () => [target], intervalMs: 250, timeoutMs: 10_000 });
    await Promise.all(Array.from({ length: 50 }, () => source.read(request)));
    expect(asked).toBe(1);
  });

  it('reads a Unix socket', async () => {
    const path = join(await tempDir(), 'proxy.sock');
    const server = createServer((incoming, response) =>
      response.end(incoming.url === '/metrics' ? 'requests_total 5\n' : '?'),
    );
    await new Promise<void>((resolve) => server.listen(path, resolve));
    atTestEnd(() => void server.close());
    const answer = await read([{ instance: 'proxy', url: `unix:${path}:/metrics`, labels: { tier: 'edge' } }]);
    expect(answer).toMatchObject({
      kind: 'series',
      series: [{ metric: 'requests_total', labels: { instance: 'proxy', tier: 'edge' } }, {}],
    });
  });

  it('keeps what the process calls by the target’s own labels under another name', async () => {
    const target = await serving((_request, response) => response.end('requests_total{instance="mine"} 5\n'));
    const answer = await read([target]);
    expect(answer).toMatchObject({
      series: [{ labels: { instance: target.instance, exported_instance: 'mine' } }, {}],
    });
  });

  it.each<readonly [string, RequestListener]>([
    ['hangs', () => {}],
    ['drips', (_q, r) => void setInterval(() => r.write('a 1\n'), 20).unref()],
  ])('fails when the only target %s', async (_name, listener) => {
    const answer = await read([await serving(listener)], { timeoutMs: 300 });
    expect(answer).toMatchObject({ reason: 'Timeout', message: expect.stringMatching(/within 300ms/) });
  });

  it.each<readonly [string, RequestListener, string, RegExp]>([
    ['is a web page', (_q, r) => r.setHeader('content-type', 'text/html').end('<html>'), 'Malformed', /web page/],
    ['is no metrics', (_q, r) => void r.end('{"status":"ok"}'), 'Malformed', /line 1/],
    ['is an error', (_q, r) => void r.writeHead(500).end(), 'Unreachable', /500/],
    ['redirects', (_q, r) => void r.writeHead(302, { location: '/login' }).end(), 'Malformed', /redirects to \/login/],
    ['is cut', (_q, r) => void (r.write('a 1\n'), setTimeout(() => r.destroy(), 20)), 'Unreachable', /./],
    ['is refused', (_q, r) => void r.writeHead(403).end(), 'Unauthorized', /403/],
    [
      'is huge once unpacked',
      (_q, r) => r.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(2_000_000))),
      'TooLarge',
      /1000000 bytes/,
    ],
    [
      'is OpenMetrics without its end',
      (_q, r) => r.setHeader('content-type', 'application/openmetrics-text').end('a_total 1\n'),
      'Malformed',
      /# EOF/,
    ],
  ])('fails when the only target %s', async (_name, listener, reason, message) => {
    const answer = await read([await serving(listener)], { maxBytes: 1_000_000 });
    expect(answer).toMatchObject({ kind: 'failed', reason, message: expect.stringMatching(message) });
  });
});
