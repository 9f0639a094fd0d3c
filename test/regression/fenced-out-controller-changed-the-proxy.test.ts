/** A controller that was out of office could still change the proxy's settings, and stop it. */
import { expect, test } from 'vitest';
import { ProxyControl } from '../../src/router/proxy-control.ts';
import { stopProxy } from '../../src/router/proxy-process.ts';
import { patienceMs } from '../support/eventually.ts';
import { call } from '../support/http-call.ts';
import { isAlive } from '../support/process.ts';
import { must, startTestProxy } from '../support/proxy.ts';
import { startAnswering } from '../support/upstream.ts';

test('settings and a stop are taken from the controller in office only; settings put one in office', async () => {
  const proxy = await startTestProxy();
  await proxy.aim({ stable: (await startAnswering('served')).origin });
  const control = new ProxyControl(proxy.socketPath, { deadlineMs: patienceMs });
  const tell = (epoch: number, bodyBytes: number) =>
    control.call({ method: 'POST', path: '/settings', body: { epoch, settings: { limits: { bodyBytes } } } });
  const inForce = async () => must(await control.state()).settings?.limits.bodyBytes;
  const fenced = { ok: false, error: { reason: 'Fenced', message: expect.stringContaining('epoch 2 owns the split') } };

  must(await tell(1, 100));
  must(await tell(2, 200));
  expect(await tell(1, 100)).toMatchObject(fenced);
  // Also where it asks for what is in force already: it is to hear that it is out.
  expect(await tell(1, 200)).toMatchObject(fenced);
  expect(await inForce()).toBe(200);
  expect(await proxy.router.settle('r1', 1)).toMatchObject(fenced);

  const [late, later] = await Promise.all([tell(3, 300), tell(2, 200)]);
  expect([late.ok, later.ok]).toEqual([true, false]);
  expect(await inForce()).toBe(300);

  expect(await control.call({ method: 'POST', path: '/stop', body: { epoch: 2 } })).toMatchObject({
    ok: false,
    error: { reason: 'Fenced' },
  });
  expect(await stopProxy(proxy.socketPath, 2)).toMatchObject({ ok: false, error: { reason: 'ProxyOwned' } });
  expect((await control.call({ method: 'POST', path: '/stop' })).ok).toBe(false);
  expect((await call(proxy.origin())).body).toBe('served');
  must(await stopProxy(proxy.socketPath, 3));
  expect(isAlive(proxy.process().pid)).toBe(false);
});

test('whoever has no epoch, and means it, stops it whoever owns it', async () => {
  const proxy = await startTestProxy();
  must(await proxy.router.settle('', 7));
  must(await stopProxy(proxy.socketPath));
  expect(isAlive(proxy.process().pid)).toBe(false);
});
