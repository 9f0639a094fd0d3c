/** No controller for too long: the data plane takes the canary out by itself, and the one that returns asks. */
import { dirname, join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { endOf } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startHaproxy, weightsIn } from '../support/haproxy.ts';
import { needs } from '../support/needs.ts';
import { signalById } from '../support/process.ts';
import { startSluice } from '../support/sluice-command.ts';
import { bakingAt, ended, holdsFor } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';

async function bakingWorld(test: TestContext): Promise<World> {
  const listen = `127.0.0.1:${await freePort()}`;
  const world = await startWorld(test, {
    spec: { traffic: { proxy: { listen, deadMansSwitch: '5s' } } },
    users: `http://${listen}/`,
  });
  await world.start('v2');
  await world.until(bakingAt(1));
  return world;
}

describe.runIf(needs(['prometheus', 'haproxy']))('sluice dead-man beside HAProxy', { timeout: 240_000 }, () => {
  it('takes the canary out when the controller was killed; the next one holds, and a person resumes', async (test) => {
    const atEnd = endOf(test);
    const balancer = await startHaproxy({ atEnd });
    const traffic = {
      endpoints: [balancer.socketPath],
      backend: 'app',
      stable: ['stable1', 'stable2'],
      canary: ['canary1', 'canary2'],
    };
    const world = await startWorld(test, {
      spec: { traffic: { haproxy: traffic } },
      users: `${balancer.origin}/`,
      scraped: [new URL(balancer.metricsUrl).host],
    });
    const stateDir = dirname(world.policyDir);
    const policy = join(dirname(stateDir), 'policy.yaml');
    const deadMan = startSluice(['dead-man', policy, '--state', stateDir, '--after', '5s'], { atEnd });
    await deadMan.says(/watches the controller/);
    await world.start('v2');
    await world.until(bakingAt(1));
    await world.controller.kill();
    await deadMan.says(/the canary had 25 % and has nothing now/);
    expect(await weightsIn(balancer)).toEqual({ stable1: 1 });
    await world.controller.start();
    await world.until(holdsFor('DeadMansSwitch'));
    await world.order('resume', { reason: 'the machine was restarted' });
    await world.until(({ weight }) => weight.applied === 25);
    expect(world.failed()).toBe(0);
  });
});

describe.runIf(needs('prometheus'))("a dead man's switch", { concurrent: true, timeout: 240_000 }, () => {
  it('takes the weight to 0 when the controller was killed; the next one holds, and a person resumes', async (test) => {
    const world = await bakingWorld(test);
    await world.controller.kill();
    await eventually(() => world.weights().at(-1) === 0);
    await world.controller.start();
    const held = await world.until(holdsFor('DeadMansSwitch'));
    expect(held).toMatchObject({ phase: 'shifting', frozen: false, weight: { applied: 0, desired: 25 } });
    expect(held.waiting?.message).toContain('from 25 % to 0');
    await world.order('resume', { reason: 'the machine was restarted' });
    const done = await world.until(ended, 150_000);
    expect(done.phase).toBe('succeeded');
    expect(world.weights()).toEqual([0, 25, 0, 25, 50, 100, 0]);
    expect(world.failed()).toBe(0);
  });

  it('counts a controller that hangs as none; when it goes on it holds, too, and can be told to abort', async (test) => {
    const world = await bakingWorld(test);
    const { pid } = world.controller.process();
    signalById(pid, 'SIGSTOP');
    await eventually(() => world.weights().at(-1) === 0);
    signalById(pid, 'SIGCONT');
    await world.until(holdsFor('DeadMansSwitch'));
    await world.order('abort');
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Aborted' } });
    expect(world.weights()).toEqual([0, 25, 0]);
  });
});
