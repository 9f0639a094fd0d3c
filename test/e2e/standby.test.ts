/** Two controllers on one state folder: one leads, the other takes over when it is gone, or hangs. */
import { describe, expect, it, type TestContext } from 'vitest';
import { endOf } from '../support/at-end.ts';
import { answers, startHaproxy } from '../support/haproxy.ts';
import { needs } from '../support/needs.ts';
import { isAlive, signalById } from '../support/process.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

/** What the design promises. */
const failOverMs = 15_000;

type Failure = (world: World) => void;

const failures: Readonly<Record<string, Failure>> = {
  'is killed': ({ controller }) => signalById(controller.process().pid, 'SIGKILL'),
  'is stopped by its supervisor': ({ controller }) => signalById(controller.process().pid, 'SIGTERM'),
  'hangs (SIGSTOP)': ({ controller }) => signalById(controller.process().pid, 'SIGSTOP'),
};

/** In the middle of a release at 25 %; answers the process that led before. */
async function failOver(test: TestContext, failure: string, options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(test, options);
  const standby = await world.controller.standby();
  await world.start('v2');
  await world.until(bakingAt(1));
  const { pid } = world.controller.process();
  const failedMs = performance.now();
  failures[failure]?.(world);
  await standby.takesOver(failOverMs);
  const tookMs = Math.round(performance.now() - failedMs);
  console.log(`fail-over after the leader ${failure}: ${tookMs} ms`);
  signalById(pid, 'SIGCONT');
  expect(isAlive(pid)).toBe(false);
  return world;
}

async function asPlanned(world: World): Promise<void> {
  const done = await world.until(ended, 120_000);
  expect(done.phase).toBe('succeeded');
  const applied = (await world.log()).flatMap(({ reason, data }) => (reason === 'WeightApplied' ? data['found'] : []));
  expect(applied).toEqual([25, 50, 100, 0]);
  expect((await world.log()).filter(({ reason }) => reason === 'ControllerTookOver')).toHaveLength(1);
  expect(world.failed()).toBe(0);
}

describe.runIf(needs('prometheus'))('a standby', { concurrent: true, timeout: 240_000 }, () => {
  for (const failure of Object.keys(failures)) {
    it(`takes over when the leader ${failure}, and the release goes on as planned`, async (test) => {
      const world = await failOver(test, failure);
      await asPlanned(world);
      expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
    });
  }

  it('says who leads, takes no orders, and ends when it is told to', async (test) => {
    const world = await startWorld(test);
    const { process, url } = await world.controller.standby();
    const leader = world.controller.url();
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain(leader);
    const refused = await fetch(`${url}/api/v1/releases`, { method: 'POST' });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ reason: 'Standby', leader });
    expect(await process.end()).toBe(0);
    expect((await fetch(`${leader}/readyz`)).status).toBe(200);
  });
});

describe.runIf(needs(['prometheus', 'haproxy']))('a standby over HAProxy', { timeout: 240_000 }, () => {
  it('takes over from a leader that hangs, which never writes again', async (test) => {
    const first = await startHaproxy({ atEnd: endOf(test) });
    const haproxy = {
      endpoints: [first.socketPath],
      backend: 'app',
      stable: ['stable1', 'stable2'],
      canary: ['canary1', 'canary2'],
    };
    const world = await failOver(test, 'hangs (SIGSTOP)', {
      spec: { traffic: { haproxy } },
      users: `${first.origin}/`,
      scraped: [new URL(first.metricsUrl).host],
    });
    await asPlanned(world);
    expect((await answers(`${first.origin}/version`, 4)).every((body) => body.includes('v2'))).toBe(true);
  });
});
