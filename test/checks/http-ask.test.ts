import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AskAround, askHttp, maxAnswerBytes } from '../../src/checks/http-ask.ts';
import { isRefused } from '../../src/checks/named-address-http.ts';
import type { HttpAskSpec } from '../../src/release/check-spec.ts';
import { ownKey } from '../../src/wiring/check-desk.ts';
import { aQuestion } from '../support/a-question.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const spec: HttpAskSpec = {
  kind: 'http',
  url: '{canary}/ok',
  method: 'GET',
  status: [200],
  body: null,
  withinMs: null,
  retries: 0,
  timeoutMs: 5_000,
  headers: {},
  server: null,
  key: null,
  event: 'none',
};

const around: AskAround = { signal: new AbortController().signal, readKey: ownKey };

const asked = async (listener: RequestListener, given: Partial<HttpAskSpec> = {}) => {
  const { origin, seen } = await startUpstream(listener);
  const question = aQuestion({ canary: [origin] });
  return { heard: await askHttp({ ...spec, ...given }, question, around), origin, seen };
};

const answering =
  (status: number, text = '', headers: Record<string, string> = {}): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(text);
  };

describe('an answer', () => {
  it('that is as wanted passes, and tells how long it took', async () => {
    const { heard, origin } = await asked(answering(200, 'fine'));
    expect(heard).toMatchObject({
      outcome: 'passed',
      message: `${origin}/ok answered 200`,
    });
    expect(heard.tookMs).toBeGreaterThan(0);
  });

  const page = { 'content-type': 'text/html; charset=utf-8' };

  it.each([
    ['another status', answering(503), {}, /answered 503, not 200$/],
    [
      'a redirect, never followed',
      answering(302, '', { location: 'https://login.invalid/x?token=secret' }),
      {},
      /redirects to https:\/\/login\.invalid\/x \(302\); redirects are not followed/,
    ],
    ['an HTML page', answering(200, '<html>', page), {}, /answered an HTML page, which nobody asked for/],
    ['nothing', answering(200), { body: { kind: 'contains', text: 'ok' } }, /answered nothing$/],
    ['other text', answering(200, 'down'), { body: { kind: 'contains', text: 'ok' } }, /answered without "ok"$/],
    [
      'no match',
      answering(200, 'down'),
      { body: { kind: 'matches', pattern: '^up$' } },
      /answered without a match of \^up\$$/,
    ],
    [
      'a pattern that goes round in circles',
      answering(200, 'a'.repeat(50_000)),
      { body: { kind: 'matches', pattern: '^(a+)+$b' } },
      /could not be matched with .* within 20 ms/,
    ],
    [
      'more than anybody asked for',
      answering(200, 'x'.repeat(maxAnswerBytes + 1)),
      {},
      /is longer than 1048576 bytes$/,
    ],
  ] as const)('with %s fails, and says so', async (_name, listener, given, message) => {
    expect((await asked(listener, given)).heard).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(message),
    });
  });

  it('that never comes, or drips, fails at the deadline', async () => {
    const { heard } = await asked((_request, response) => void response.writeHead(200).write('x'), { timeoutMs: 50 });
    expect(heard).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/no complete answer from .* within 50ms/),
    });
  });

  it('that comes late fails', async () => {
    const late: RequestListener = (_request, response) => void setTimeout(() => response.end(), 20);
    expect((await asked(late, { withinMs: 1 })).heard).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('later than 1ms'),
    });
  });

  it('that is better at the second try passes', async () => {
    let times = 0;
    const { heard, seen } = await asked(
      (request, response) => answering((times += 1) === 1 ? 500 : 200)(request, response),
      { retries: 1 },
    );
    expect([heard.outcome, seen.length]).toEqual(['passed', 2]);
  });
});

describe('what is sent', () => {
  const bodies: string[] = [];
  const taking: RequestListener = (request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      bodies.push(text);
      response.end();
    });
  };

  it('is one CloudEvent, signed as Standard Webhooks are, with the id of the question', async () => {
    const path = join(await tempDir(), 'key');
    writeFileSync(path, 'a key of some length\n');
    const { seen } = await asked(taking, { method: 'POST', event: 'structured', key: { from: 'file', path } });
    const body = bodies.pop() ?? '';
    const { headers } = seen[0]!;
    expect(headers['content-type']).toContain('application/cloudevents+json');
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      id: 'app-1/beforeTraffic/smoke/1',
      type: 'dev.sluice.check.beforeTraffic',
      data: { release: 'app-1', revision: 'v2', weight: 25 },
    });
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const expected = createHmac('sha256', 'a key of some length').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it('has its head in the headers in binary mode', async () => {
    const { seen } = await asked(taking, { method: 'POST', event: 'binary' });
    expect(seen[0]?.headers).toMatchObject({
      'ce-specversion': '1.0',
      'ce-id': 'app-1/beforeTraffic/smoke/1',
      'content-type': 'application/json',
    });
    expect(JSON.parse(bodies.pop() ?? '')).toMatchObject({ revision: 'v2' });
  });

  it('is nothing where the key is missing: it says so, and the release waits', async () => {
    const { heard, seen } = await asked(taking, {
      method: 'POST',
      event: 'structured',
      key: { from: 'file', path: '/nowhere/key' },
    });
    expect(heard).toMatchObject({
      outcome: 'pending',
      message: expect.stringMatching(/the key can't be read: .*\/nowhere\/key/),
    });
    expect(seen).toHaveLength(0);
  });

  it('holds names only where they belong', async () => {
    const { origin, seen } = await startUpstream(answering(200));
    const question = aQuestion({ canary: [origin], revision: 'v2/../../admin?x=1#\r\nevil: 1' });
    await askHttp(
      { ...spec, url: '{canary}/r/{revision}?w={weight}', headers: { 'x-revision': '{revision}' } },
      question,
      around,
    );
    expect(seen[0]?.url).toBe('/r/v2%2F..%2F..%2Fadmin%3Fx%3D1%23%0D%0Aevil%3A%201?w=25');
    expect(seen[0]?.headers['x-revision']).toBe('v2/../../admin?x=1#??evil: 1');
    expect(seen[0]?.headers['evil']).toBeUndefined();
  });
});

it('asks every ready instance, and one bad answer is a bad one', async () => {
  const [good, bad] = await Promise.all([startUpstream(answering(200)), startUpstream(answering(500))]);
  const heard = await askHttp(spec, aQuestion({ canary: [good.origin, bad.origin] }), around);
  expect(heard).toMatchObject({ outcome: 'failed', message: `${bad.origin}/ok answered 500, not 200` });
  expect((await askHttp(spec, aQuestion({ canary: [] }), around)).message).toBe(
    'no instance is ready that could be asked',
  );
});

describe('an address of the operator', () => {
  const server = { url: '', headers: { 'x-team': 'ops' }, tokenFile: null, caFile: null };

  it('is asked with his headers and his token, whatever the policy says', async () => {
    const tokenFile = join(await tempDir(), 'token');
    writeFileSync(tokenFile, 'of the operator\n');
    const { seen } = await asked(answering(200), {
      headers: { Authorization: 'mine', 'x-team': 'mine', 'x-mine': 'yes' },
      server: { ...server, tokenFile },
    });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer of the operator',
      'x-team': 'ops',
      'x-mine': 'yes',
    });
  });

  it.each(['tokenFile', 'caFile'])(
    'is not asked where its %s is missing: it says so, and the release waits',
    async (name) => {
      const { heard, seen } = await asked(answering(200), { server: { ...server, [name]: '/nowhere/file' } });
      expect(heard).toMatchObject({ outcome: 'pending', message: expect.stringContaining('/nowhere/file') });
      expect(seen).toHaveLength(0);
    },
  );

  it('is not asked when its name leads to this machine', async () => {
    const { origin, seen } = await startUpstream(answering(200));
    const heard = await askHttp({ ...spec, url: origin.replace('127.0.0.1', hostname()), server }, aQuestion(), around);
    expect(heard.outcome).toBe('failed');
    expect(seen).toHaveLength(0);
  });
});

it.each([
  ['127.0.0.1', true],
  ['169.254.169.254', true],
  ['::ffff:169.254.169.254', true],
  ['0.0.0.0', true],
  ['::1', true],
  ['fe80::1', true],
  ['fd00:ec2::254', true],
  ['100.100.100.200', true],
  ['10.96.0.1', false],
  ['192.168.1.1', false],
  ['203.0.113.9', false],
  ['2001:db8::1', false],
  ['fd12:3456::1', false],
])('a name that leads to %s is refused: %s', (address, expected) => {
  expect(isRefused(address)).toBe(expected);
});
