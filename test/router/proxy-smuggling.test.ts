/** Requests made to be read in two ways: the proxy refuses them, or passes on the one meaning they have, and the backend's bytes prove it. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { rawCall } from '../support/http-call.ts';
import { startTestProxy, type TestProxy } from '../support/proxy.ts';
import { type RawUpstream, startRawUpstream } from '../support/raw-upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;
let backend: RawUpstream;

beforeAll(async () => {
  backend = await startRawUpstream(atEnd);
  proxy = await startTestProxy({ atEnd });
  await proxy.aim({ stable: backend.origin });
});

beforeEach(() => backend.forget());

/** What an attacker wants a backend, or the next user, to see. */
const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (...lines: readonly string[]): string => `POST / HTTP/1.1\r\nHost: a\r\n${lines.join('\r\n')}\r\n\r\n`;
const get = (...lines: readonly string[]): string => `GET / HTTP/1.1\r\nHost: a\r\n${lines.join('\r\n')}\r\n\r\n`;
const chunked = 'Transfer-Encoding: chunked';

const refused: readonly [string, string, number][] = [
  ['CL.TE', `${post('Content-Length: 6', chunked)}0\r\n\r\n${hidden}`, 400],
  ['TE.CL', `${post(chunked, 'Content-Length: 4')}5c\r\n${hidden}`, 400],
  ['two different lengths', `${post('Content-Length: 0', `Content-Length: ${hidden.length}`)}${hidden}`, 400],
  ['the same length twice', `${post('Content-Length: 3', 'Content-Length: 3')}abc${hidden}`, 400],
  ['a list of lengths', `${post('Content-Length: 3, 3')}abc${hidden}`, 400],
  ['a length with a sign', `${post('Content-Length: +3')}abc${hidden}`, 400],
  ['a negative length', `${post('Content-Length: -1')}${hidden}`, 400],
  ['a hexadecimal length', `${post('Content-Length: 0x3')}abc${hidden}`, 400],
  ['a length beyond what can be counted', `${post('Content-Length: 99999999999999999999')}${hidden}`, 400],
  ['an empty length', `${post('Content-Length: ')}${hidden}`, 400],
  ['a length with a space inside', `${post('Content-Length: 1 2')}${hidden}`, 400],
  ['a space before the colon', `${post('Content-Length : 3')}abc${hidden}`, 400],
  ['a tab before the colon', `${post('Transfer-Encoding\t: chunked')}0\r\n\r\n${hidden}`, 400],
  ['a folded line', `${get('X-A: b', ' Content-Length: 40')}${hidden}`, 400],
  ['a folded line with a tab', `${get('X-A: b', '\tTransfer-Encoding: chunked')}${hidden}`, 400],
  ['a folded coding', `${post('Transfer-Encoding:', ' chunked')}0\r\n\r\n${hidden}`, 400],
  ['a coding twice', `${post(chunked, chunked)}0\r\n\r\n${hidden}`, 400],
  ['chunked twice in a list', `${post('Transfer-Encoding: chunked, chunked')}0\r\n\r\n${hidden}`, 400],
  ['identity after chunked', `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n${hidden}`, 400],
  ['identity and chunked on two lines', `${post('Transfer-Encoding: identity', chunked)}0\r\n\r\n${hidden}`, 501],
  ['an unknown coding', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${hidden}`, 501],
  ['a coding in quotes', `${post('Transfer-Encoding: "chunked"')}0\r\n\r\n${hidden}`, 501],
  ['a coding with a vertical tab', `${post('Transfer-Encoding: \x0bchunked')}0\r\n\r\n${hidden}`, 400],
  ['a coding with a zero byte', `${post('Transfer-Encoding: chunked\x00')}0\r\n\r\n${hidden}`, 400],
  ['chunked in HTTP/1.0', `POST / HTTP/1.0\r\nHost: a\r\n${chunked}\r\n\r\n0\r\n\r\n${hidden}`, 400],
  ['a bare line feed after a field', `GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n${hidden}`, 400],
  ['a bare line feed after the request line', `GET / HTTP/1.1\nHost: a\r\n\r\n${hidden}`, 400],
  ['a bare carriage return in a value', `${get('X-A: b\rContent-Length: 40')}${hidden}`, 400],
  ['a zero byte in a value', `${get('X-A: b\x00c')}${hidden}`, 400],
  ['a zero byte in a name', `${get('X-\x00A: b')}${hidden}`, 400],
  ['a name with a bracket', `${get('X-(A): b')}${hidden}`, 400],
  ['a line without a colon', `${get('what is this')}${hidden}`, 400],
  ['an empty name', `${get(': b')}${hidden}`, 400],
  ['a name that is no ASCII', `${get('X-\xe9: b')}${hidden}`, 400],
  ['a line break in the path', `GET /a\r\nX: HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['a space in the path', `GET /a b HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['a control byte in the path', `GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['another version', `GET / HTTP/3.7\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['a version of one digit', `GET / HTTP/1\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['no version', `GET /\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['two hosts', `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${hidden}`, 400],
  ['a host with a path', `GET / HTTP/1.1\r\nHost: a/b\r\n\r\n${hidden}`, 400],
  ['a host with a user', `GET / HTTP/1.1\r\nHost: u@a\r\n\r\n${hidden}`, 400],
  ['a host with a space', `GET / HTTP/1.1\r\nHost: a b\r\n\r\n${hidden}`, 400],
  ['another host in the target', `GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['a user in the target', `GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['another scheme in the target', `GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`, 400],
  ['another expectation', `${post('Expect: 200-ok', 'Content-Length: 3')}abc${hidden}`, 417],
];

describe('refused, and the backend sees not a byte', () => {
  test.each(refused)('%s', async (_name, text, status) => {
    expect(await rawCall(proxy.origin(), text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(backend.bytes()).toBe('');
  });
});

const broken: readonly [string, string][] = [
  ['a chunk size that is no number', `${post(chunked)}zz\r\n${hidden}`],
  ['a chunk longer than its size', `${post(chunked)}3\r\nabcdef\r\n0\r\n\r\n${hidden}`],
  ['a chunk size with a sign', `${post(chunked)}+3\r\nabc\r\n0\r\n\r\n${hidden}`],
  ['a chunk size with 0x', `${post(chunked)}0x3\r\nabc\r\n0\r\n\r\n${hidden}`],
  ['a chunk size beyond what can be counted', `${post(chunked)}ffffffffffffffffff\r\nabc\r\n0\r\n\r\n${hidden}`],
  ['a chunk size ended by a bare line feed', `${post(chunked)}3\nabc\r\n0\r\n\r\n${hidden}`],
  ['a chunk ended by a bare line feed', `${post(chunked)}3\r\nabc\n0\r\n\r\n${hidden}`],
  ['a bare line feed in an extension', `${post(chunked)}3;a\nb\r\nabc\r\n0\r\n\r\n${hidden}`],
  ['16 KiB of chunk extensions', `${post(chunked)}3;${'a'.repeat(17_000)}\r\nabc\r\n0\r\n\r\n${hidden}`],
  ['a length in the trailers', `${post(chunked)}0\r\nContent-Length: 40\r\n\r\n${hidden}`],
  ['a folded trailer', `${post(chunked)}0\r\nX: a\r\n b\r\n\r\n${hidden}`],
  ['20 KiB of trailers', `${post(chunked)}0\r\nX: ${'a'.repeat(20_000)}\r\n\r\n${hidden}`],
];

describe('a body that breaks ends the connection, and no whole request reaches the backend', () => {
  test.each(broken)('%s', async (_name, text) => {
    expect(await rawCall(proxy.origin(), text)).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(backend.requests()).toEqual([]);
    expect(backend.bytes()).not.toContain('hidden');
  });
});

describe('passed on with the one meaning it has', () => {
  const close = 'Connection: close';

  test('chunk extensions and trailers end at the proxy', async () => {
    const body = '3;a=b;c="d e"\r\nabc\r\n2\r\nde\r\n0\r\nX-A: b\r\n\r\n';
    expect(await rawCall(proxy.origin(), `${post(chunked, close)}${body}`)).toMatch(/^HTTP\/1.1 200 /);
    expect(backend.requests()).toMatchObject([{ method: 'POST', body: 'abcde' }]);
    expect(backend.bytes()).not.toMatch(/a=b|x-a/i);
  });

  test('a body on GET stays its body', async () => {
    const sent = `${get(`Content-Length: ${hidden.length}`, close)}${hidden}`;
    expect(await rawCall(proxy.origin(), sent)).toMatch(/^HTTP\/1.1 200 /);
    expect(backend.requests()).toMatchObject([{ method: 'GET', url: '/', body: hidden }]);
  });

  test('a chunked body on GET stays its body', async () => {
    const sent = `${get(chunked, close)}${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
    expect(await rawCall(proxy.origin(), sent)).toMatch(/^HTTP\/1.1 200 /);
    expect(backend.requests()).toMatchObject([{ method: 'GET', url: '/', body: hidden }]);
  });

  test('an offer of h2c goes no further', async () => {
    const offer = get('Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk');
    expect(await rawCall(proxy.origin(), offer)).toMatch(/^HTTP\/1.1 200 /);
    expect(backend.bytes()).not.toMatch(/upgrade|http2/i);
  });

  test('Connection can not take the framing away', async () => {
    const sent = `${post('Connection: close, Content-Length, Transfer-Encoding, Host', 'Content-Length: 3')}abc`;
    expect(await rawCall(proxy.origin(), sent)).toMatch(/^HTTP\/1.1 200 /);
    expect(backend.requests()).toMatchObject([{ body: 'abc', headers: { 'content-length': '3', host: 'a' } }]);
  });

  test('the same host in target and header, in other letters and with the usual port', async () => {
    const sent = `GET http://Shop.example:80/x?y HTTP/1.1\r\nHost: shop.Example\r\n${close}\r\n\r\n`;
    expect(await rawCall(proxy.origin(), sent)).toMatch(/^HTTP\/1.1 200 /);
    expect(backend.requests()).toMatchObject([{ url: '/x?y', headers: { host: 'shop.example' } }]);
  });

  test('line breaks before a request are skipped, once', async () => {
    expect(await rawCall(proxy.origin(), `\r\n${get(close)}`)).toMatch(/^HTTP\/1.1 200 /);
    expect(backend.requests()).toHaveLength(1);
  });
});

describe('several requests on a connection', () => {
  test('each has its answer, in their order', async () => {
    const sent = ['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join('');
    const answers = await rawCall(proxy.origin(), `${sent}${get('Connection: close')}`);
    expect(answers.match(/HTTP\/1.1 200 OK/g)).toHaveLength(4);
    expect(backend.requests()).toHaveLength(4);
  });

  test('garbage behind a request does not become its answer', async () => {
    const answers = await rawCall(proxy.origin(), `${get()}garbage\r\n\r\n`);
    expect(answers).toMatch(/^HTTP\/1.1 200 OK[^]*served[^]*HTTP\/1.1 400 Bad Request/);
    expect(backend.requests()).toHaveLength(1);
  });

  test('nothing behind a refused request is served', async () => {
    const sent = `GET / HTTP/1.1\r\nHost: a/b\r\n\r\n${hidden}${hidden}`;
    expect((await rawCall(proxy.origin(), sent)).match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(backend.bytes()).toBe('');
  });
});
