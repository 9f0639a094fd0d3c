/** A proxy that does not answer: outcomes are unknown, writes land late, and settling makes them certain. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ProxyRouter } from '../../src/router/proxy.ts';
import { ProxyBackends } from '../../src/router/proxy-backends.ts';
import { eventually } from '../support/eventually.ts';
import { must, startTestProxy } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startAnswering } from '../support/upstream.ts';

const raise = (canary: number, ifVersion: string) => ({ release: 'r1', epoch: 1, canary, ifVersion, latch: false });
const zero = { release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true };

/** `router` and `backends` are as impatient as the product is; `patient` waits for a proxy that goes on. */
const stoppable = async () => {
  const proxy = await startTestProxy();
  const { socketPath, router: patient } = proxy;
  const upstream = await startAnswering('x');
  await proxy.aim({ stable: upstream.origin, canary: upstream.origin });
  const [router, backends] = [new ProxyRouter(socketPath), new ProxyBackends(socketPath)];
  return { router, backends, patient, signal: (signal: NodeJS.Signals) => process.kill(proxy.process().pid, signal) };
};

test('a write to a stopped proxy is unknown after a second, lands when it goes on, and settle tells', async () => {
  const { router, patient, signal } = await stoppable();
  const { version } = must(await patient.observe());
  signal('SIGSTOP');
  const message = expect.stringContaining('no answer within 1000 ms');
  expect(await router.write(raise(50, version))).toMatchObject({ ok: false, error: { reason: 'Unknown', message } });
  signal('SIGCONT');
  await eventually(async () => must(await patient.observe()).canary === 50);
  expect(must(await patient.settle('r1', 1))).toMatchObject({ canary: 50 });
});

test('a raise under way during a rollback does not come back after it', async () => {
  const { router, patient, signal } = await stoppable();
  const { version } = must(await patient.observe());
  must(await patient.write(raise(25, version)));
  const now = must(await patient.observe());
  signal('SIGSTOP');
  const [lowered, raised] = [router.write(zero), router.write(raise(50, now.version))];
  expect(await lowered).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
  expect(await raised).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
  signal('SIGCONT');
  await eventually(async () => must(await patient.settle('r1', 1)).rolledBack === 'r1');
  // Whichever came first, the decrease holds: the raise quoted a version that is gone, or met the latch.
  expect(must(await patient.write(zero))).toMatchObject({ canary: 0, rolledBack: 'r1' });
  expect(must(await patient.observe()).canary).toBe(0);
});

test('reads of a stopped proxy are unreachable, not unknown', async () => {
  const { router, backends, signal } = await stoppable();
  signal('SIGSTOP');
  expect(await router.observe()).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
  expect(await backends.current()).toMatchObject({ ok: false, error: { reason: 'Unreachable', retryable: true } });
  signal('SIGCONT');
});

test('nobody on the socket: unreachable, certainly without effect', async () => {
  const socketPath = join(await tempDir(), 'nobody.sock');
  const router = new ProxyRouter(socketPath);
  for (const answer of [
    await router.observe(),
    await router.write(zero),
    await router.settle('r1', 1),
    await router.closeStreams(1),
  ]) {
    expect(answer).toMatchObject({
      ok: false,
      error: { reason: 'Unreachable', message: expect.stringContaining(socketPath) },
    });
  }
});

test('a connection that breaks before the answer: a write is unknown', async () => {
  const socketPath = join(await tempDir(), 'breaking.sock');
  const breaking = createServer((socket) => socket.once('data', () => socket.destroy()));
  await new Promise<void>((resolve) => breaking.listen(socketPath, resolve));
  onTestFinished(() => void breaking.close());
  expect(await new ProxyRouter(socketPath).write(zero)).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
  const pointed = await new ProxyBackends(socketPath).point({
    backend: 'stable',
    revision: 'x',
    endpoints: ['http://a:1'],
    epoch: 1,
  });
  expect(pointed).toMatchObject({ ok: false, error: { reason: 'Unknown', retryable: true } });
});

test('something else on the socket is told apart from a proxy', async () => {
  const socketPath = join(await tempDir(), 'other.sock');
  const other = createServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')),
  );
  await new Promise<void>((resolve) => other.listen(socketPath, resolve));
  onTestFinished(() => void other.close());
  expect(await new ProxyRouter(socketPath).observe()).toMatchObject({
    ok: false,
    error: { reason: 'Unreachable', message: expect.stringContaining('is no proxy of this version') },
  });
});

test('an endpoint that is no origin is refused with its words', async () => {
  const { backends } = await stoppable();
  const pointed = await backends.point({ backend: 'stable', revision: 'x', endpoints: ['http://a:1/path'], epoch: 1 });
  expect(pointed).toMatchObject({
    ok: false,
    error: { reason: 'Refused', message: expect.stringContaining('"http://a:1/path" is no origin') },
  });
});
