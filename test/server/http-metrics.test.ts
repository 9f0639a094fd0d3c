import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ok } from '../../src/lib/result.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { getJson, testServer } from '../support/http-server.ts';
import { logLines } from '../support/log-lines.ts';
import { bakingRelease } from '../support/sample-release.ts';

const releases = Array.from({ length: 300 }, (_, n) => bakingRelease({ id: `app-${n}`, policy: `policy-${n}` }));
const metrics = createMetrics({ version: '1.2.3', releases: async () => ok(releases) });

/** Without the process's own numbers, which move. */
const ofReleases = (text: string): string => text.slice(text.indexOf('# HELP sluice_release_info'));

describe('/metrics', () => {
  it.each([
    ['gzip', 'gzip'],
    ['gzip;q=0.5, deflate', 'gzip'],
    ['identity', null],
    ['gzip;q=0', null],
    ['br', null],
  ])('asked with %s is packed by %s, and says the same', async (accepted, packedBy) => {
    const { url } = await testServer({ metrics });
    const answer = await fetch(`${url}/metrics`, { headers: { 'accept-encoding': accepted } });
    expect(answer.headers.get('content-encoding')).toBe(packedBy);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    expect(ofReleases(await answer.text())).toBe(ofReleases(await metrics.text()));
  });

  it('is not packed for whoever does not ask for it', async () => {
    const { url } = await testServer({ metrics });
    const { body, headers } = await call(`${url}/metrics`);
    expect(headers['content-encoding']).toBeUndefined();
    expect(ofReleases(body)).toBe(ofReleases(await metrics.text()));
  });

  it('has an end without a body for HEAD', async () => {
    const { url } = await testServer({ metrics });
    expect(await call(`${url}/metrics`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });
});

/** An exposition without an end; says when nobody makes it any more. */
const endless = (): { readonly metrics: Metrics; readonly ended: () => boolean } => {
  let ended = false;
  const pieces = async function* (): AsyncGenerator<string, void> {
    try {
      for (;;) yield `${'# '.padEnd(100_000, 'x')}\n`;
    } finally {
      ended = true;
    }
  };
  return { metrics: { ...metrics, pieces }, ended: () => ended };
};

describe('a scrape under way', () => {
  it.each(['gzip', 'identity'])('as %s ends when its reader hangs up, and that is no failure', async (encoding) => {
    const { ended, metrics } = endless();
    const { lines, log } = logLines();
    const { url } = await testServer({ metrics, log });
    const scrape = get(`${url}/metrics`, { headers: { 'accept-encoding': encoding }, agent: false });
    const [answer] = (await once(scrape, 'response')) as [IncomingMessage];
    expect(ended()).toBe(false);
    answer.destroy();
    await eventually(ended);
    expect((await getJson(`${url}/livez`)).status).toBe(200);
    expect(lines).toEqual([]);
  });

  it('whose reader hung up before the first byte is no failure either', async () => {
    let asked = false;
    const { ended, metrics } = endless();
    const { promise: read, resolve: goOn } = Promise.withResolvers<null>();
    const pieces = async function* (): AsyncGenerator<string, void> {
      asked = true;
      await read;
      yield* metrics.pieces();
    };
    const { lines, log } = logLines();
    const { url } = await testServer({ metrics: { ...metrics, pieces }, log });
    const scrape = get(`${url}/metrics`, { agent: false }).on('error', () => {});
    await eventually(() => asked);
    scrape.destroy();
    expect((await getJson(`${url}/livez`)).status).toBe(200);
    goOn(null);
    await eventually(ended);
    expect((await getJson(`${url}/livez`)).status).toBe(200);
    expect(lines).toEqual([]);
  });

  it('breaks off when it can not be made, so that half of it passes for no whole', async () => {
    const pieces = async function* (): AsyncGenerator<string, void> {
      yield '# the first piece\n';
      await Promise.reject(new Error('no more'));
    };
    const { url } = await testServer({ metrics: { ...metrics, pieces } });
    await expect(call(`${url}/metrics`)).rejects.toThrow();
    expect((await getJson(`${url}/livez`)).status).toBe(200);
  });
});
