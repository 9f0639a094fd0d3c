/** Instances that die or hang, and a data plane that is killed under the users. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { signalById } from '../support/process.ts';
import { proxyPids } from '../support/proxy-log.ts';
import { dyingAllTheTime, hangingAtTheFirstStep } from '../support/real-runs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';
import { sampleTarget } from '../support/world-files.ts';

const byTheProxy = 'error_rate: { threshold: 1%, window: 5m, alert: critical, preset: proxy }\n';

const twoEach = {
  steps: [
    { weight: 25, bake: '8m', replicas: 2 },
    { weight: 50, bake: '20m', replicas: 2 },
    { weight: 100, bake: '5m', replicas: 2 },
  ],
};

describe.runIf(needs('prometheus'))('instances', { concurrent: true, timeout: 120_000 }, () => {
  it('of the canary are started again when one dies; when it dies all the time, the release is taken back', async (test) => {
    const world = await startWorld(test, {
      plan: twoEach,
      spec: { target: { ...sampleTarget('v1', {}, 2), revision: 'v1' } },
    });
    await world.start('v2', { replicas: 2 });
    await world.until(bakingAt(1));
    await killOnce(world);
    const on = await world.until(bakingAt(2));
    expect(on.instances?.canary).toEqual({ ready: 2, wanted: 2 });
    expect(world.weights()).toEqual([0, 25, 50]);

    await dyingAllTheTime(world, 'v2');
    expect(world.weights()).toEqual([0, 25, 50, 0]);
    const { sent, classes } = world.users();
    // What was under way at each death fails; how many deaths there are depends on the machine.
    expect(classes['2xx'], JSON.stringify(classes)).toBeGreaterThan(0.95 * sent);
  });

  it('of the canary that hang are taken from the users, who are counted', async (test) => {
    const world = await startWorld(test, { rules: byTheProxy });
    const done = await hangingAtTheFirstStep(world, 'v2');
    expect(done.rollback?.requestsFailed).toBeGreaterThan(50);
    await eventually(() => expect(done.rollback?.requestsFailed).toBe(world.users().classes['5xx']), {
      withinMs: 10_000,
    });
  });

  it('of the data plane come back at a safe weight, which is verified anew before it counts', async (test) => {
    const world = await startWorld(test);
    await world.start('v2');
    await world.until(bakingAt(2));
    const [pid] = proxyPids(world.policyDir);
    signalById(pid ?? 0, 'SIGKILL');
    await eventually(() => proxyPids(world.policyDir).length === 2, { withinMs: 15_000 });
    await world.until(({ phase, step }) => phase === 'shifting' && step === 2);
    expect(await world.until(ended, 90_000)).toMatchObject({ phase: 'succeeded' });
    expect(world.weights()).toEqual([0, 25, 50, 0, 50, 100, 0]);
    const reasons = (await world.log()).map(({ reason }) => reason);
    expect(reasons).toContain('DataPlaneRestarted');
    expect(reasons.filter((reason) => reason === 'WeightVerified').length).toBeGreaterThanOrEqual(4);
  });
});

async function killOnce(world: World): Promise<void> {
  const [victim] = world.instances('v2');
  expect(signalById(victim?.pid ?? 0, 'SIGKILL')).toBe(true);
  await eventually(
    () => world.instances('v2').some(({ id, ready, restarts }) => id === victim?.id && ready && restarts === 1),
    { withinMs: 20_000 },
  );
}
