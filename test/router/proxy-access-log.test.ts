/** The access log: a line a request with what is needed and nothing secret, moved away without a lost line, and never waited for. */
import { execFileSync } from 'node:child_process';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { ProxyWords } from '../../src/router/proxy/settings.ts';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { startTestProxy, type TestProxy } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';
import { deadOrigin, startAnswering } from '../support/upstream.ts';

let file: string;

beforeEach(async () => {
  file = join(await tempDir(), 'access.log');
});

const logging = async (accessLog: ProxyWords['accessLog']): Promise<TestProxy> => {
  const proxy = await startTestProxy({ settings: { accessLog } });
  await proxy.aim({ stable: (await startAnswering('served')).origin });
  return proxy;
};

const lines = async (path: string): Promise<readonly string[]> =>
  (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

const secrets = {
  Authorization: 'Bearer very-secret',
  Cookie: 'session=very-secret',
  'Proxy-Authorization': 'Basic very-secret',
  Referer: 'https://shop.example/login?token=very-secret',
  'User-Agent': 'curl/8',
  'X-Forwarded-For': '203.0.113.9',
};

test('JSON lines, with the version and without a secret', async () => {
  const proxy = await logging({ file });
  await call(`${proxy.origin()}/a%20b?token=very-secret`, { headers: { ...secrets, Host: 'shop.example' } });
  const [line = ''] = await eventually(async () => ((await lines(file)).length === 1 ? lines(file) : null));
  expect(line).not.toContain('very-secret');
  expect(JSON.parse(line)).toEqual({
    time: expect.stringMatching(/^20..-..-..T..:..:..\.\d{3}Z$/),
    address: '127.0.0.1',
    method: 'GET',
    path: '/a%20b',
    protocol: 'HTTP/1.1',
    host: 'shop.example',
    referer: 'https://shop.example/login',
    userAgent: 'curl/8',
    backend: 'stable',
    revision: 'stable-rev',
    status: 200,
    bytes: 6,
    seconds: expect.any(Number),
  });
});

test('the combined format, in which nothing ends a field before its time; the query where it is asked for', async () => {
  const proxy = await logging({ file, form: 'combined', query: 'shown' });
  await call(`${proxy.origin()}/x?y=z`, { headers: { 'User-Agent': 'a"b\\c\u00e9' } });
  const [line] = await eventually(async () => ((await lines(file)).length === 1 ? lines(file) : null));
  expect(line).toMatch(
    /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/20\d\d:\d\d:\d\d:\d\d \+0000\] "GET \/x\?y=z HTTP\/1.1" 200 6 "-" "a\\x22b\\x5cc\\xe9" stable "stable-rev" \d\.\d{3}$/,
  );
});

test('what a backend failed at is there as the user saw it', async () => {
  const proxy = await logging({ file });
  await proxy.aim({ stable: await deadOrigin() });
  await call(proxy.origin());
  const [line = ''] = await eventually(async () => ((await lines(file)).length === 1 ? lines(file) : null));
  expect(JSON.parse(line)).toMatchObject({ status: 502, backend: 'stable' });
});

test('a file that is moved away is left at the signal, and no line is lost', async () => {
  const proxy = await logging({ file });
  let sent = 0;
  const send = async (count: number) => {
    for (; count > 0; count--, sent++) await call(`${proxy.origin()}/${sent}`);
  };
  await send(20);
  await rename(file, `${file}.1`);
  await send(20);
  process.kill(proxy.process().pid, 'SIGUSR2');
  await eventually(async () => (await readFile(file).catch(() => null)) !== null);
  await send(20);
  const paths = async () =>
    [...(await lines(`${file}.1`)), ...(await lines(file))].map((line) => (JSON.parse(line) as { path: string }).path);
  await eventually(async () => (await paths()).length === 60);
  expect(await paths()).toEqual(Array.from({ length: 60 }, (_, index) => `/${index}`));
});

test('on standard output where no file is named; off and on again while it serves', async () => {
  const proxy = await logging({});
  await call(`${proxy.origin()}/one`);
  await proxy.process().says(/"path":"\/one"/);
  await proxy.configure({});
  await call(`${proxy.origin()}/two`);
  await proxy.configure({ accessLog: {} });
  await call(`${proxy.origin()}/three`);
  await proxy.process().says(/"path":"\/three"/);
  expect(proxy.process().output()).not.toContain('"path":"/two"');
});

test('a disk that takes nothing holds up no request, and what it cost is counted', async () => {
  execFileSync('mkfifo', [file]);
  const proxy = await logging({ file, query: 'shown' });
  const path = `/?${'x'.repeat(12_000)}`;
  for (let round = 0; round < 120; round++) expect((await call(`${proxy.origin()}${path}`)).status).toBe(200);
  expect(await proxy.metric('sluice_proxy_access_log_dropped_total')).toBeGreaterThan(0);
  // Whoever waits in open() for a reader can't be ended otherwise.
  await proxy.process().end('SIGKILL');
});

test('a file that can not be written is said, and traffic goes on', async () => {
  const proxy = await logging({ file: join(file, 'not', 'there') });
  await proxy.process().says(/access log not written/);
  expect((await call(proxy.origin())).status).toBe(200);
});
