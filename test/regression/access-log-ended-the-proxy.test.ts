/** A log file that could not be opened ended the proxy a second later, and so did a change of settings under a request that was logged. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { startTestProxy } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startAnswering, startUpstream } from '../support/upstream.ts';

const dropped = 'sluice_proxy_access_log_dropped_total';

test('a file that can not be opened costs its lines and nothing else, until it can', async () => {
  const file = join(await tempDir(), 'not', 'there', 'access.log');
  const proxy = await startTestProxy({ settings: { accessLog: { file } } });
  await proxy.aim({ stable: (await startAnswering('served')).origin });
  await proxy.process().says(/access log not written/);
  // Longer than the time between two writes.
  await sleep(1_500);
  expect((await call(proxy.origin())).status).toBe(200);
  expect(await proxy.metric(dropped)).toBe(1);
  await mkdir(dirname(file), { recursive: true });
  process.kill(proxy.process().pid, 'SIGUSR2');
  await eventually(async () => {
    const before = await proxy.metric(dropped);
    await call(proxy.origin());
    return (await proxy.metric(dropped)) === before;
  });
  expect(await proxy.process().end('SIGTERM')).toBe(0);
});

test('a stop does not wait for a file that was never opened', async () => {
  const file = join(await tempDir(), 'not', 'there');
  const proxy = await startTestProxy({ settings: { accessLog: { file: join(file, 'access.log') } } });
  await proxy.process().says(/access log not written/);
  expect(await proxy.process().end('SIGTERM')).toBe(0);
});

test.each(['changed', 'as it was'])(
  'a request is logged whose end comes after a change of settings, the log %s',
  async (how) => {
    const held = Promise.withResolvers<undefined>();
    const upstream = await startUpstream((_incoming, response) => {
      void held.promise.then(() => response.end('late'));
    });
    const proxy = await startTestProxy({ settings: { accessLog: {} } });
    await proxy.aim({ stable: upstream.origin });
    const late = call(`${proxy.origin()}/late`);
    await eventually(() => upstream.seen.length === 1);
    const form = how === 'changed' ? 'combined' : 'json';
    expect(await proxy.configure({ accessLog: { form }, limits: { headers: 50 } })).toMatchObject({ ok: true });
    await sleep(200);
    held.resolve(undefined);
    expect((await late).status).toBe(200);
    await proxy.process().says(how === 'changed' ? /"GET \/late HTTP\/1\.1" 200/ : /"path":"\/late"/);
  },
);
