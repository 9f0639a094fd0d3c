/** A connection that had not said yet for whom it came, or had not finished its TLS greeting, was waited for at a stop. */
import { expect, test } from 'vitest';
import { makeCertificate } from '../support/certificate-files.ts';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { startTestProxy, type TestProxy } from '../support/proxy.ts';
import { rawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const aDay = 86_400_000;

/** Nothing but the stop itself ends a connection here. */
const patient = { headMs: aDay, keepAliveMs: aDay, clientMs: aDay };

const limits = { connections: 1 };

async function stopsWith(proxy: TestProxy, hello: string): Promise<void> {
  const user = await rawSocket(proxy.origin(), hello);
  // It is in: there is room for one, and the next is turned away.
  const next = await rawSocket(proxy.origin(), '');
  await eventually(() => next.text().includes(' 503 '));
  expect(await proxy.process().end('SIGTERM')).toBe(0);
  await eventually(() => user.ended() !== null);
}

test.each([
  ['says nothing', ''],
  ['has said half a PROXY header', 'PROXY TCP4 192.0.2.7'],
])('a load balancer that %s holds up no stop', async (_name, hello) => {
  const settings = { limits, proxyProtocol: { from: ['127.0.0.0/8'] }, timeouts: patient };
  await stopsWith(await startTestProxy({ settings, args: ['--grace', String(aDay)] }), hello);
});

test.runIf(needs('openssl'))('a user that does not greet holds up no stop', async () => {
  const tls = makeCertificate(await tempDir(), 'one.test');
  const settings = { limits, tls: { certificate: tls.certificate, key: tls.key }, timeouts: patient };
  await stopsWith(await startTestProxy({ settings, args: ['--grace', String(aDay)] }), '');
});
