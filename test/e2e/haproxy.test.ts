/** Releases through two real haproxy processes, on the shipped sample configuration, with users on the first. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import type { ReleaseView } from '../../src/report/release-view.ts';
import { endOf } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { answers, startHaproxy, type TestHaproxy, weightsIn } from '../support/haproxy.ts';
import { needs } from '../support/needs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';

interface Pair {
  readonly first: TestHaproxy;
  readonly second: TestHaproxy;
  readonly world: World;
  /** Weights in service, in both. */
  weights(): Promise<readonly Readonly<Record<string, number>>[]>;
}

interface Differences {
  readonly rules?: string;
}

async function startPair(test: TestContext, { rules }: Differences = {}): Promise<Pair> {
  const atEnd = endOf(test);
  const [first, second] = [await startHaproxy({ atEnd }), await startHaproxy({ atEnd })];
  const haproxy = {
    endpoints: [first.socketPath, second.socketPath],
    backend: 'app',
    stable: ['stable1', 'stable2'],
    canary: ['canary1', 'canary2'],
    config: first.configPath,
  };
  const world = await startWorld(test, {
    spec: { traffic: { haproxy } },
    users: `${first.origin}/`,
    scraped: [first, second].map(({ metricsUrl }) => new URL(metricsUrl).host),
    ...(rules !== undefined && { rules }),
  });
  return { first, second, world, weights: async () => [await weightsIn(first), await weightsIn(second)] };
}

const atStep = (weight: number) => (view: ReleaseView) => view.weight.applied === weight && view.phase === 'baking';

const reasons = async (world: World): Promise<readonly string[]> => (await world.log()).map(({ reason }) => reason);

/** As the page asks: the file names a stable that can serve until Sluice has pointed the servers again. */
async function nameStable(configPath: string, port: number): Promise<void> {
  const text = await readFile(configPath, 'utf8');
  await writeFile(configPath, text.replace(/127\.0\.0\.1:808[12]/g, `127.0.0.1:${port}`));
}

const onlyStable = [{ stable1: 1 }, { stable1: 1 }];

describe.runIf(needs(['prometheus', 'haproxy']))('through two haproxies', { timeout: 240_000 }, () => {
  it('a release is promoted, though one is changed by hand, both are reloaded and the controller is killed', async (test) => {
    const { first, second, world, weights } = await startPair(test);
    await world.start('v2');
    await world.until(bakingAt(1));
    expect(await weights()).toEqual([
      { stable1: 3, canary1: 1 },
      { stable1: 3, canary1: 1 },
    ]);
    await second.ask('set weight app/canary1 200');
    await eventually(async () => (await weightsIn(second))['canary1'] === 1);
    await eventually(async () => (await reasons(world)).includes('WeightRaised'));
    const [stable] = world.instances('v1');
    await Promise.all([first, second].map(({ configPath }) => nameStable(configPath, stable?.port ?? 0)));
    await Promise.all([first.reload(), second.reload()]);
    await eventually(async () => (await reasons(world)).includes('DataPlaneRestarted'));
    await world.until(atStep(50));
    await world.controller.kill();
    expect(await weights()).toEqual([
      { stable1: 1, canary1: 1 },
      { stable1: 1, canary1: 1 },
    ]);
    await world.controller.start();
    expect(await world.until(ended, 150_000)).toMatchObject({ phase: 'succeeded' });
    const applied = (await world.log()).flatMap(({ reason, data }) =>
      reason === 'WeightApplied' ? [data['found']] : [],
    );
    expect(new Set(applied)).toEqual(new Set([25, 50, 100, 0]));
    // The new version got a free server of stable's before the old one left.
    await eventually(async () => {
      expect(await weights()).toEqual([{ stable2: 1 }, { stable2: 1 }]);
      return true;
    });
    expect(new Set((await answers(`${second.origin}/version`, 4)).map((body) => body.includes('v2')))).toEqual(
      new Set([true]),
    );
    expect(world.failed()).toBe(0);
  });

  it('a bad canary is taken back in both, by the errors that their own exporters count', async (test) => {
    const rules = 'error_rate: { threshold: 1%, window: 5m, alert: critical, preset: haproxy }\n';
    const { world, weights } = await startPair(test, { rules });
    await world.start('v2');
    await world.until(bakingAt(1));
    await world.control('v2', { errorRate: 0.3 });
    await eventually(async () => {
      expect(await weights()).toEqual(onlyStable);
      return true;
    });
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { rule: 'error_rate' } });
    expect(await weights()).toEqual(onlyStable);
  });

  it('one that is killed is named, nothing is raised without it, and the plan goes on when it is back', async (test) => {
    const { second, world, weights } = await startPair(test);
    await world.start('v2');
    await world.until(bakingAt(1));
    await second.process().end('SIGKILL');
    const held = await world.until(({ waiting }) => waiting?.reason === 'RouteUnknown');
    expect(held.waiting?.message).toContain(second.socketPath);
    expect(held.weight.applied).toBe(25);
    await second.start();
    await world.until(atStep(50), 120_000);
    expect(await weights()).toEqual([
      { stable1: 1, canary1: 1 },
      { stable1: 1, canary1: 1 },
    ]);
    expect(world.failed()).toBe(0);
  });
});
