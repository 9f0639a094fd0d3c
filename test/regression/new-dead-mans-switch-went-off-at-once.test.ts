/** A dead man's switch that was told to a proxy that had run for long took the canary out at once: the silence counted from the proxy's start. */
import { expect, test } from 'vitest';
import { DeadMansSwitch } from '../../src/router/proxy/dead-mans-switch.ts';
import { eventually } from '../support/eventually.ts';

test.each([null, 60_000])('the time begins when it is told (before: %s)', async (before) => {
  let firedAtMs: number | null = null;
  const deadMan = new DeadMansSwitch(() => {
    firedAtMs ??= performance.now();
  });
  deadMan.configure(before);
  const madeAtMs = performance.now();
  await eventually(() => performance.now() - madeAtMs > 300);
  const toldAtMs = performance.now();
  deadMan.configure(200);
  // Told again, as a controller does that returns: the time goes on.
  deadMan.configure(200);
  const fired = await eventually(() => firedAtMs);
  deadMan.stop();
  expect(fired - toldAtMs).toBeGreaterThanOrEqual(199);
});
