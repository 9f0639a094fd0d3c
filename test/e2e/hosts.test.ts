/** Releases that commands put on hosts, one at a time, with users on the other ones. */
import { describe, expect, it, type TestContext } from 'vitest';
import { endOf } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { answers, startHaproxy } from '../support/haproxy.ts';
import { type TestHosts, testHosts } from '../support/hosts.ts';
import { needs } from '../support/needs.ts';
import { bakingAt, ended, holdsFor } from '../support/standing.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

interface Fleet {
  readonly hosts: TestHosts;
  readonly world: World;
}

interface FleetOptions extends WorldOptions {
  readonly size?: number;
}

/** Stable has all but one of them. */
async function startFleet(test: TestContext, options: FleetOptions = {}): Promise<Fleet> {
  const { size = 4, spec, scraped = [], ...other } = options;
  const hosts = await testHosts(size, endOf(test));
  const target = {
    hosts: hosts.hosts,
    commands: { deploy: hosts.script, drain: '1s', timeout: '60s', retries: 1 },
    env: hosts.env,
    health: '/healthz',
    replicas: size - 1,
    revision: 'v1',
  };
  const urls = hosts.hosts.map(({ url }) => new URL(url).host);
  const world = await startWorld(test, { ...other, spec: { target, ...spec }, scraped: [...scraped, ...urls] });
  return { hosts, world };
}

const runsOf = ({ hosts }: TestHosts): readonly string[] => hosts.map(({ name }) => name);

const versions = async ({ hosts }: TestHosts): Promise<readonly string[]> =>
  Promise.all(
    hosts.map(async ({ url }) => ((await (await fetch(url)).json()) as { readonly version: string }).version),
  );

describe.runIf(needs('prometheus'))('a release by commands', { concurrent: true, timeout: 300_000 }, () => {
  it('goes through the hosts with the weight, though the controller is killed while the second is changed', async (test) => {
    const { hosts, world } = await startFleet(test);
    hosts.set('web3', 'slow', '3');
    await world.startOnHosts('v2');
    await eventually(() => hosts.runs('web3').includes('promote v2'), { withinMs: 120_000 });
    await world.controller.kill();
    await world.controller.start();
    const done = await world.until(ended, 150_000);
    expect(done.phase).toBe('succeeded');
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
    expect(world.failed()).toBe(0);
    expect(hosts.runs('web3')).toEqual(['deploy v1', 'promote v2']);
    expect(await versions(hosts)).toEqual(['v1', 'v2', 'v2', 'v2']);
  });

  it('comes back from its watch by the host that kept the old revision, then by the others', async (test) => {
    const { hosts, world } = await startFleet(test, { plan: { watchFor: '10h' } });
    await world.startOnHosts('v2');
    await world.until(({ phase }) => phase === 'watching', 150_000);
    expect(await versions(hosts)).toEqual(['v1', 'v2', 'v2', 'v2']);
    await world.order('abort');
    expect(await world.until(ended, 60_000)).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Aborted' } });
    await eventually(async () => (await versions(hosts)).filter((version) => version === 'v1').length === 3);
    expect(runsOf(hosts).flatMap((name) => hosts.runs(name).filter((run) => run === 'rollback v1'))).toHaveLength(2);
    expect(world.failed()).toBe(0);
  });

  it('holds where a host fails, by that name and with what its command wrote, and goes on once it is mended', async (test) => {
    const { hosts, world } = await startFleet(test, { plan: { scaleWithin: '10h' } });
    hosts.set('web3', 'fail');
    await world.startOnHosts('v2');
    await world.until(bakingAt(1), 120_000);
    const held = await world.until(holdsFor('InstanceFailed'), 120_000);
    expect(held.waiting?.message).toContain('promote of v2 on web3, try 2 of 2, failed with exit code 4');
    expect(held.waiting?.message).toContain('told to fail');
    expect(held.weight.applied).toBe(25);
    expect(await versions(hosts)).toEqual(['v1', 'v1', 'v1', 'v2']);
    hosts.unset('web3', 'fail');
    await world.until(bakingAt(2), 120_000);
    expect(world.failed()).toBe(0);
  });

  it('that is bad goes to 0 while a command still hangs, and a whole host is given back before the torn one', async (test) => {
    const { hosts, world } = await startFleet(test);
    await world.startOnHosts('v2');
    hosts.set('web3', 'hang');
    await eventually(() => hosts.hanging('web3') > 0, { withinMs: 120_000 });
    hosts.unset('web3', 'hang');
    const bad = hosts.hosts.at(-1)?.url ?? '';
    await fetch(`${bad}/_control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ errorRate: 0.3 }),
    });
    const done = await world.until(ended, 60_000);
    expect(done).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });
    expect(world.weights()).toEqual([0, 25, 0]);
    await eventually(async () => (await versions(hosts)).filter((version) => version === 'v1').length === 3);
    await eventually(() => hosts.runs('web4').at(-1) === 'deploy v1');
  });
});

describe.runIf(needs(['prometheus', 'haproxy']))('a release by commands through HAProxy', { timeout: 300_000 }, () => {
  it('is promoted without a failed request', async (test) => {
    const balancer = await startHaproxy({ atEnd: endOf(test) });
    const haproxy = {
      endpoints: [balancer.socketPath],
      backend: 'app',
      stable: ['stable1', 'stable2'],
      canary: ['canary1', 'canary2'],
    };
    const { hosts, world } = await startFleet(test, {
      size: 3,
      spec: { traffic: { haproxy } },
      users: `${balancer.origin}/`,
      scraped: [new URL(balancer.metricsUrl).host],
    });
    await world.startOnHosts('v2');
    expect(await world.until(ended, 200_000)).toMatchObject({ phase: 'succeeded' });
    expect(world.failed()).toBe(0);
    expect(await versions(hosts)).toEqual(['v1', 'v2', 'v2']);
    expect((await answers(`${balancer.origin}/version`, 6)).every((body) => body.includes('v2'))).toBe(true);
  });
});
