/**
 * Bytes of all kinds on the request path, against a real proxy and a careless backend. `FUZZ_RUNS=n` for more, `FUZZ_SEED=n` for the same again.
 * A request that passed the proxy carries its `Via`: one that the backend reads without it was hidden in another.
 */
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { startTestProxy } from '../support/proxy.ts';
import { startRawUpstream } from '../support/raw-upstream.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 400);
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const atOnce = 40;

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';

const framing = fc.constantFrom(
  [`Content-Length: ${hidden.length}`, hidden],
  ['Content-Length: 0', ''],
  ['Transfer-Encoding: chunked', `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`],
  ['Transfer-Encoding: chunked', `3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n`],
  ['Transfer-Encoding: chunked\r\nContent-Length: 4', `0\r\n\r\n${hidden}`],
  [`Content-Length: 0\r\nContent-Length: ${hidden.length}`, hidden],
  ['Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `0\r\n\r\n${hidden}`],
  ['Content-Length: 5', `0\r\n\r\n${hidden}`],
  ['X-A: b', ''],
);

const fields = fc.array(
  fc.constantFrom(
    'Connection: keep-alive',
    'Connection: close',
    'Connection: Content-Length, Transfer-Encoding, Via',
    'Expect: 100-continue',
    'Expect: 200-ok',
    'Upgrade: h2c',
    'X-A:b',
    'X-A: b\r\n c: d',
    'Cookie: version=x',
    'Via: 1.1 sluice',
    'Host: b',
    'TE: trailers',
    'Trailer: X-T',
    'Content-Type: text/plain',
    `X-Long: ${'a'.repeat(9_000)}`,
  ),
  { maxLength: 3 },
);

const method = fc.constantFrom(
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PRI',
  'get',
  'M-SEARCH',
);
const target = fc.constantFrom(
  '/x',
  '/x?y=z',
  '/%0d%0aX:1',
  'http://a/x',
  'http://b/x',
  'a:443',
  '*',
  '/x#y',
  '//a/x',
  '/\u00e9',
);
const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', '');

const request = fc
  .tuple(method, target, version, fields, framing)
  .map(([verb, path, form, more, [length, body]]) =>
    [`${verb} ${path} ${form}`, 'Host: a', length, ...more, '', body].join('\r\n'),
  );

/** What happens to the bytes on their way: nothing, mostly. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  take: fc.nat({ max: 3 }),
  give: fc.constantFrom(
    '',
    '\r',
    '\n',
    '\r\n',
    '\0',
    ' ',
    '\t',
    ':',
    ';',
    '\x0b',
    '\x7f',
    '\xff',
    '0',
    'f',
    '-',
    hidden,
  ),
});

const bytes = fc
  .tuple(fc.array(request, { minLength: 1, maxLength: 3 }), fc.array(damage, { maxLength: 3 }))
  .map(([requests, damages]) => {
    let text = requests.join('');
    for (const { at, take, give } of damages) {
      const from = Math.floor(at * text.length);
      text = text.slice(0, from) + give + text.slice(from + take);
    }
    return text;
  });

/** The places where the bytes are cut into pieces, as fractions. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 });

interface Case {
  readonly text: string;
  readonly cuts: readonly number[];
}

/** Answers everything that came back, when the proxy or the client has closed. */
const send = (origin: string, { text, cuts: places }: Case): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const hung = setTimeout(
      () => reject(new Error(`no end of ${JSON.stringify(text)} after ${JSON.stringify(said)}`)),
      20_000,
    );
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk: Buffer | string) => {
      said += String(chunk);
    });
    socket
      .on('error', () => {})
      .on('close', () => {
        clearTimeout(hung);
        resolve(said);
      });
    const ends = [0, ...places, 1].map((place) => Math.floor(place * text.length)).sort((a, b) => a - b);
    const pieces = ends.slice(1).map((end, index) => text.slice(ends[index], end));
    void (async () => {
      for (const piece of pieces) {
        await new Promise((sent) => socket.write(piece, 'latin1', sent));
        await new Promise((later) => setImmediate(later));
      }
    })();
  });

const statusLine = /HTTP\/1\.1 \d{3} /g;

test(`whatever comes, the proxy lives and no request hides in another (${runs} runs, FUZZ_SEED=${seed})`, async () => {
  const backend = await startRawUpstream();
  const timeouts = { headMs: 300, clientMs: 300, keepAliveMs: 100, responseMs: 5_000 };
  const proxy = await startTestProxy({ settings: { timeouts } });
  const { pid } = proxy.process();
  await proxy.aim({ stable: backend.origin });
  const cases = fc.sample(fc.record({ text: bytes, cuts }), { numRuns: runs, seed });
  let served = 0;
  for (let from = 0; from < cases.length; from += atOnce) {
    const batch = cases.slice(from, from + atOnce);
    backend.forget();
    const answers = await Promise.all(batch.map((each) => send(proxy.origin(), each)));
    const shown = JSON.stringify(batch.map(({ text }) => text));
    for (const { url, headers } of backend.requests()) {
      expect(headers.via, `${url} of ${shown}`).toMatch(/(^|, )1\.1 sluice$/);
      expect(headers['x-forwarded-for'], `${url} of ${shown}`).toBe('127.0.0.1');
    }
    const whole = answers.join('').match(statusLine)?.length ?? 0;
    expect(backend.requests().length, shown).toBeLessThanOrEqual(whole);
    served += backend.requests().length;
    await eventually(async () => (await proxy.metric('sluice_proxy_open_requests{backend="stable"}')) === 0);
  }
  expect(served).toBeGreaterThan(runs / 20);
  expect((await call(proxy.origin())).body).toBe('served');
  expect(proxy.process().pid).toBe(pid);
  expect(proxy.process().output()).not.toMatch(/"level":(50|60)/);
});
