/** The proxy takes the canary's traffic away by itself when no controller shows itself, and remembers that it did. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { must, startTestProxy, type TestProxy } from '../support/proxy.ts';
import { startAnswering } from '../support/upstream.ts';

const switchMs = 700;

async function armed(settings: { readonly deadMansSwitchMs: number | null }): Promise<TestProxy> {
  const proxy = await startTestProxy({ settings });
  const [stable, canary] = [(await startAnswering('stable')).origin, (await startAnswering('canary')).origin];
  await proxy.aim({ stable, canary });
  await proxy.weigh(25);
  return proxy;
}

const state = async (proxy: TestProxy) => must(await proxy.router.observe());

test('goes to 0 when nobody renews, says so over a restart, and forgets it with the next weight', async () => {
  const proxy = await armed({ deadMansSwitchMs: switchMs });
  await eventually(async () => (await state(proxy)).canary === 0);
  const off = { from: 25, release: 'r1' };
  expect(await state(proxy)).toMatchObject({ canary: 0, rolledBack: null, switchedOff: off });
  expect((await state(proxy)).switchedOff?.silentMs).toBeGreaterThanOrEqual(switchMs);
  // It writes behind the traffic's back, and what a crash finds is what was written.
  await eventually(async () => (await proxy.metric('sluice_proxy_state_saved')) === 1);
  await proxy.restart();
  expect(await state(proxy)).toMatchObject({ canary: 0, switchedOff: off });
  must(await proxy.router.settle('r1', 1));
  expect((await state(proxy)).switchedOff).toMatchObject(off);
  await proxy.weigh(10);
  expect((await state(proxy)).switchedOff).toBeUndefined();
});

test('keeps its weight while it is renewed by the controller in office, and an earlier one does not count', async () => {
  const proxy = await armed({ deadMansSwitchMs: switchMs });
  must(await proxy.router.settle('r1', 7));
  const beganMs = performance.now();
  while (performance.now() - beganMs < 3 * switchMs) must(await proxy.router.renew(7));
  expect((await state(proxy)).canary).toBe(25);
  await eventually(async () => {
    expect(await proxy.router.renew(6)).toMatchObject({ ok: false, error: { reason: 'Fenced' } });
    return (await state(proxy)).canary === 0;
  });
});

test('has no switch unless it is told to, and can be told at any time', async () => {
  const proxy = await armed({ deadMansSwitchMs: null });
  must(await proxy.configure({ deadMansSwitchMs: switchMs }));
  await eventually(async () => (await state(proxy)).canary === 0);
  await proxy.weigh(25);
  must(await proxy.configure({}));
  expect((await state(proxy)).canary).toBe(25);
});

test('leaves a canary what it has while stable has nobody to answer', async () => {
  const proxy = await startTestProxy({ settings: { deadMansSwitchMs: switchMs } });
  await proxy.aim({ stable: (await startAnswering('stable')).origin, canary: (await startAnswering('canary')).origin });
  await proxy.weigh(100);
  must(await proxy.backends.point({ backend: 'stable', revision: null, endpoints: [], epoch: 1 }));
  await eventually(() => proxy.process().output().includes('the canary keeps its traffic'));
  expect((await state(proxy)).canary).toBe(100);
  await proxy.aim({ stable: (await startAnswering('stable')).origin });
  await eventually(async () => (await state(proxy)).canary === 0);
});
