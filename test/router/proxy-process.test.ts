/** The proxy as a process: outlives its controller, is attached to, says why it can't start, and stops without breaking a request. */
import { mkdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ProxyRouter } from '../../src/router/proxy.ts';
import { ProxyBackends } from '../../src/router/proxy-backends.ts';
import { ensureProxy, type ProxyOptions, type RunningProxy, stopProxy } from '../../src/router/proxy-process.ts';
import { eventually } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { endAtLast, isAlive, startProcess } from '../support/process.ts';
import { must, startTestProxy } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startAnswering, startUpstream } from '../support/upstream.ts';

const ensure = async (options: Partial<ProxyOptions> & { readonly stateDir: string }): Promise<RunningProxy> => {
  const proxy = must(await ensureProxy({ name: 'shop', listen: '127.0.0.1:0', epoch: 1, ...options }));
  if (!proxy.attached) endAtLast(proxy.pid);
  return proxy;
};

const failure = async (options: Partial<ProxyOptions> & { readonly stateDir: string }) => {
  const result = await ensureProxy({ name: 'shop', listen: '127.0.0.1:0', epoch: 1, ...options });
  if (result.ok) endAtLast(result.value.pid);
  expect(result.ok).toBe(false);
  return result.ok ? { reason: '', message: '' } : result.error;
};

test('is started once and attached to from then on', async () => {
  const stateDir = await tempDir();
  const first = await ensure({ stateDir, metricsListen: '127.0.0.1:0' });
  expect(first).toMatchObject({ attached: false, socketPath: join(stateDir, 'shop.sock') });
  expect((await stat(first.socketPath)).mode & 0o777).toBe(0o600);
  const second = await ensure({ stateDir, metricsListen: '127.0.0.1:0' });
  expect(second).toEqual({ ...first, attached: true });
  expect((await call(`http://${first.metricsListen}/metrics`)).body).toMatch(/^process_start_time_seconds \d+/m);
  expect((await call(`http://${first.metricsListen}/state`)).status).toBe(404);
});

test('two controllers at once get the same proxy', async () => {
  const stateDir = await tempDir();
  const [one, two] = await Promise.all([ensure({ stateDir }), ensure({ stateDir })]);
  expect(one.pid).toBe(two.pid);
  expect(one.listen).toBe(two.listen);
});

test('traffic goes on at the last weights when the controller is killed, and the next one takes it up', async () => {
  const stateDir = await tempDir();
  const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
  const script = `
    import { ensureProxy } from ${JSON.stringify(new URL('../../src/router/proxy-process.ts', import.meta.url).href)};
    const proxy = await ensureProxy({ stateDir: process.argv[1], name: 'shop', listen: '127.0.0.1:0', epoch: 1 });
    console.log('proxy ' + JSON.stringify(proxy));
    setInterval(() => {}, 1000);`;
  const controller = startProcess([process.execPath, '--input-type=module', '-e', script, stateDir]);
  const [, said = ''] = await controller.says(/^proxy (.*)$/m);
  const { value: proxy } = JSON.parse(said) as { value: RunningProxy };
  endAtLast(proxy.pid);
  const [router, backends] = [new ProxyRouter(proxy.socketPath), new ProxyBackends(proxy.socketPath)];
  must(await backends.point({ backend: 'stable', revision: 'v1', endpoints: [stable.origin], epoch: 1 }));
  must(await backends.point({ backend: 'canary', revision: 'v2', endpoints: [canary.origin], epoch: 1 }));
  const { version } = must(await router.observe());
  must(await router.write({ release: 'r', epoch: 1, canary: 25, ifVersion: version, latch: false }));
  await controller.end('SIGKILL');
  for (let round = 0; round < 100; round++) expect((await call(`http://${proxy.listen}`)).status).toBe(200);
  expect([stable.seen.length, canary.seen.length]).toEqual([75, 25]);
  expect(await ensure({ stateDir })).toMatchObject({ pid: proxy.pid, attached: true });
  expect(must(await router.settle('r', 2))).toMatchObject({ canary: 25, epoch: 2 });
});

test('a socket left by a crash is no obstacle', async () => {
  const stateDir = await tempDir();
  const first = await ensure({ stateDir });
  process.kill(first.pid, 'SIGKILL');
  await eventually(() => !isAlive(first.pid));
  await stat(first.socketPath);
  const second = await ensure({ stateDir });
  expect(second).toMatchObject({ attached: false, socketPath: first.socketPath });
});

test('stops on request: open requests end, new ones find nobody, no file but state and log stays', async () => {
  const stateDir = await tempDir();
  const proxy = await ensure({ stateDir });
  let finish = () => {};
  const upstream = await startUpstream((_request, response) => {
    if (upstream.seen.length > 1) return void response.end();
    response.write('begun');
    finish = () => void response.end(' and finished');
  });
  must(
    await new ProxyBackends(proxy.socketPath).point({
      backend: 'stable',
      revision: 'v1',
      endpoints: [upstream.origin],
      epoch: 1,
    }),
  );
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const answer = call(`http://${proxy.listen}`, { agent });
  await eventually(() => upstream.seen.length === 1);
  const stopped = stopProxy(proxy.socketPath);
  await eventually(() =>
    call(`http://${proxy.listen}`).then(
      () => false,
      () => true,
    ),
  );
  finish();
  const finished = performance.now();
  expect((await answer).body).toBe('begun and finished');
  must(await stopped);
  // Well below the grace of 10 s: the user's idle connection is no reason to wait.
  expect(performance.now() - finished).toBeLessThan(5_000);
  expect(isAlive(proxy.pid)).toBe(false);
  await expect(stat(proxy.socketPath)).rejects.toThrow(/ENOENT/);
  must(await stopProxy(proxy.socketPath));
});

test('SIGTERM waits for open requests no longer than the grace', async () => {
  const proxy = await startTestProxy({ args: ['--grace', '200'] });
  const upstream = await startUpstream((_request, response) => void response.write('begun'));
  await proxy.aim({ stable: upstream.origin });
  const sent = request(proxy.origin(), { agent: new Agent() }).on('error', () => {});
  sent.end();
  await eventually(() => upstream.seen.length === 1);
  expect(await proxy.process().end('SIGTERM')).toBe(0);
});

test('a port in use is named, with what to do', async () => {
  const stateDir = await tempDir();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const listen = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const { reason, message } = await failure({ stateDir, listen });
  expect(reason).toBe('ProxyNotStarted');
  expect(message).toContain(`can't listen on ${listen}: another process listens there: stop it or choose another port`);
});

test('another address than the one it runs with is an error, not a second proxy', async () => {
  const stateDir = await tempDir();
  const running = await ensure({ stateDir });
  const { reason, message } = await failure({ stateDir, listen: '127.0.0.1:1' });
  expect(reason).toBe('ProxyElsewhere');
  expect(message).toContain(`process ${running.pid}`);
});

test('a proxy that hangs is not replaced', async () => {
  const stateDir = await tempDir();
  const { pid } = await ensure({ stateDir });
  process.kill(pid, 'SIGSTOP');
  expect(await failure({ stateDir })).toMatchObject({ reason: 'ProxySilent' });
  process.kill(pid, 'SIGCONT');
});

test.each([
  ['a directory that is not there', 'gone', /can't write the proxy's log: ENOENT/],
  [
    'a path too long for a socket',
    'd'.repeat(120),
    /has \d+ bytes, 103 are possible: choose a shorter state directory/,
  ],
])('%s', async (_name, name, message) => {
  const stateDir = join(await tempDir(), name);
  if (name !== 'gone') await mkdir(stateDir);
  expect((await failure({ stateDir })).message).toMatch(message);
});

test('a file in the place of the socket is left alone', async () => {
  const stateDir = await tempDir();
  await writeFile(join(stateDir, 'shop.sock'), 'precious');
  expect((await failure({ stateDir })).message).toMatch(/exists and is no socket/);
  expect(await readFile(join(stateDir, 'shop.sock'), 'utf8')).toBe('precious');
});

test('state that can not be written is an error at the start', async () => {
  const stateDir = await tempDir();
  await mkdir(join(stateDir, 'shop.state.json.new'));
  expect((await failure({ stateDir })).message).toMatch(/can't write the state file .*EISDIR/);
});

test('unreadable state is put aside, and the proxy starts without it', async () => {
  const stateDir = await tempDir();
  await writeFile(join(stateDir, 'shop.state.json'), '{"format":99}');
  const proxy = await ensure({ stateDir });
  expect(must(await new ProxyRouter(proxy.socketPath).observe())).toMatchObject({
    epoch: 0,
    canary: 0,
    stableReady: false,
  });
  expect(await readFile(join(stateDir, 'shop.state.json.unreadable'), 'utf8')).toBe('{"format":99}');
});

test('a state that can not be saved any more forbids raises, never decreases', async () => {
  const proxy = await startTestProxy();
  const upstream = await startAnswering('x');
  await proxy.aim({ stable: upstream.origin, canary: upstream.origin });
  await proxy.weigh(50);
  await mkdir(join(proxy.dir, 'state.json.new'));
  const lower = { release: 'r1', epoch: 1, ifVersion: null, latch: false };
  expect(must(await proxy.router.write({ ...lower, canary: 25 })).canary).toBe(25);
  expect(await proxy.metric('sluice_proxy_state_saved')).toBe(0);
  const { version } = must(await proxy.router.observe());
  const raised = await proxy.router.write({ ...lower, canary: 50, ifVersion: version });
  expect(raised).toMatchObject({ ok: false, error: { reason: 'Refused', message: expect.stringContaining('EISDIR') } });
  expect(must(await proxy.router.write({ ...lower, canary: 0 })).canary).toBe(0);
  await rmdir(join(proxy.dir, 'state.json.new'));
  await eventually(() => proxy.weigh(50).then(() => true));
});

test.each([
  [['--control', 'c.sock', '--listen', '127.0.0.1:0'], /--state is missing/],
  [['--control', 'c.sock', '--state', 's', '--listen', '8080'], /"8080" is no address: write host:port/],
  [
    ['--control', 'c.sock', '--state', 's', '--listen', '127.0.0.1:0', '--grace', 'x'],
    /--grace x is no positive number/,
  ],
  [['--no-such'], /Unknown option '--no-such'/],
])('bad command line %j', async (args, message) => {
  const cwd = await tempDir();
  const entry = new URL('../../src/router/proxy/main.ts', import.meta.url).pathname;
  const proxy = startProcess([process.execPath, entry, ...args], { cwd });
  expect(await proxy.exited).toBeGreaterThan(0);
  expect(proxy.output()).toMatch(message);
});

test('a log that can not be written is an error', async () => {
  const stateDir = await tempDir();
  await mkdir(join(stateDir, 'shop.log'));
  expect((await failure({ stateDir })).message).toMatch(/can't write the proxy's log: EISDIR/);
});
