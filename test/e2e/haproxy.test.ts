/** What only haproxy processes meet: changed by hand, reloaded, killed while a release goes through both of them. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ReleaseView } from '../../src/report/release-view.ts';
import { eventually } from '../support/eventually.ts';
import { answers, weightsIn } from '../support/haproxy.ts';
import { startHaproxyWorld } from '../support/haproxy-world.ts';
import { needs } from '../support/needs.ts';
import { bakingAt, ended, holdsFor } from '../support/standing.ts';
import type { World } from '../support/world.ts';

const atStep = (weight: number) => (view: ReleaseView) => view.weight.applied === weight && view.phase === 'baking';

const reasons = async (world: World): Promise<readonly string[]> => (await world.log()).map(({ reason }) => reason);

const happened = (world: World, reason: string, times = 1): Promise<unknown> =>
  eventually(async () => (await reasons(world)).filter((each) => each === reason).length >= times);

/** Pages go to the log, too. */
const paged = (world: World, reason: string): Promise<string> =>
  eventually(() =>
    world.controller
      .output()
      .split('\n')
      .find((line) => line.includes(`"reason":"${reason}"`) && line.includes('a person is needed')),
  );

/** As the page asks: the file names a stable that can serve until Sluice has pointed the servers again. */
async function nameStable(configPath: string, port: number): Promise<void> {
  const text = await readFile(configPath, 'utf8');
  await writeFile(configPath, text.replace(/127\.0\.0\.1:808[12]/g, `127.0.0.1:${port}`));
}

/** Of the load process, two reloads. */
const idleConnections = 50;

const both = (weights: Readonly<Record<string, number>>) => [weights, weights];
const quarter = both({ stable1: 3, canary1: 1 });
const half = both({ stable1: 1, canary1: 1 });
const onlyStable = both({ stable1: 1 });

describe.runIf(needs(['prometheus', 'haproxy']))(
  'through two haproxies',
  { concurrent: true, timeout: 240_000 },
  () => {
    it('a release is promoted, though one is changed by hand in both directions and both are reloaded', async (test) => {
      const { first, second, world, weights } = await startHaproxyWorld(test);
      await world.start('v2');
      await world.until(bakingAt(1));
      expect(await weights()).toEqual(quarter);
      await second.ask('set weight app/canary1 200');
      await eventually(async () => (await weightsIn(second))['canary1'] === 1);
      await happened(world, 'WeightRaised');

      await first.ask('set weight app/stable1 9');
      expect((await world.until(holdsFor('WeightLowered'))).weight.applied).toBe(10);
      await eventually(async () => {
        expect(await weights()).toEqual(both({ stable1: 9, canary1: 1 }));
        return true;
      });
      await world.order('resume');
      await world.until(atStep(25));

      const [stable] = world.instances('v1');
      await Promise.all([first, second].map(({ configPath }) => nameStable(configPath, stable?.port ?? 0)));
      await Promise.all([first.reload(), second.reload()]);
      await happened(world, 'DataPlaneRestarted');
      await world.until(atStep(50));
      expect(await weights()).toEqual(half);
      expect(await world.until(ended, 150_000)).toMatchObject({ phase: 'succeeded' });
      // The new version got a free server of stable's before the old one left.
      await eventually(async () => {
        expect(await weights()).toEqual(both({ stable2: 1 }));
        return true;
      });
      expect((await answers(`${second.origin}/version`, 4)).every((body) => body.includes('v2'))).toBe(true);
      // A reload closes clients' idle connections; who writes at that very moment gets no answer, with Sluice or without.
      const { '5xx': failed, none } = world.users().classes;
      expect(failed).toBe(0);
      expect(none).toBeLessThanOrEqual(idleConnections);
    });

    it('a bad canary is taken back in both, by the errors that their exporters count for Prometheus', async (test) => {
      const rules = 'error_rate: { threshold: 1%, window: 5m, alert: critical, preset: haproxy }\n';
      const { world, weights } = await startHaproxyWorld(test, { rules });
      await world.start('v2');
      await world.until(bakingAt(1));
      await world.control('v2', { errorRate: 0.3 });
      expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { rule: 'error_rate' } });
      expect(await weights()).toEqual(onlyStable);
    });

    it('without a Prometheus their exporters are read directly, and a canary that somebody raises again and again goes back', async (test) => {
      const { world, second, weights } = await startHaproxyWorld(test, {
        haproxy: (pair) => ({ exporters: pair.map(({ metricsUrl }) => metricsUrl) }),
        spec: { metrics: { source: 'direct', preset: 'haproxy' } },
      });
      await world.start('v2');
      await world.until(bakingAt(1));
      await world.control('v2', { errorRate: 0.3 });
      expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { rule: 'error_rate' } });

      await world.start('v3');
      await world.until(bakingAt(1));
      for (const times of [1, 2]) {
        await second.ask('set weight app/canary1 200');
        await happened(world, 'WeightRaised', times);
        // Only what was put back, and read back, can be raised again.
        await happened(world, 'WeightApplied', 1 + times);
      }
      await second.ask('set weight app/canary1 200');
      expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { reason: 'TrafficContested' } });
      expect(await weights()).toEqual(onlyStable);
      expect(await paged(world, 'TrafficContested')).toContain('v3');
    });

    it('one that is killed is named and paged; nothing is raised without it, and a rollback does not wait for it', async (test) => {
      const { second, world, weights, first } = await startHaproxyWorld(test);
      await world.start('v2');
      await world.until(bakingAt(1));
      await second.process().end('SIGKILL');
      const held = await world.until(holdsFor('RouteUnknown'));
      expect(held.waiting?.message).toContain(second.socketPath);
      expect(held.weight.applied).toBe(25);
      expect(await paged(world, 'RouterMissing')).toContain(second.socketPath);
      await second.start();
      await world.until(atStep(50), 120_000);
      expect(await weights()).toEqual(half);

      await second.process().end('SIGKILL');
      await world.until(holdsFor('RouteUnknown'));
      await world.order('abort');
      const done = await world.until(ended);
      expect(done).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Aborted' } });
      expect(done.rollback?.toZeroMs).toBeLessThan(5_000);
      expect(done.rollback?.emptyAtMs).toBeGreaterThanOrEqual(done.rollback?.zeroAtMs ?? Number.NaN);
      expect(await weightsIn(first)).toEqual({ stable1: 1 });
      await eventually(() => world.instances('v2').length === 0);
      await second.start();
      await eventually(async () => {
        expect(await weights()).toEqual(onlyStable);
        return true;
      });
      expect(world.users().classes).toMatchObject({ '5xx': 0, none: 0 });
    });

    it('one that hangs delays no rollback in the other; the canary runs on for it until it answers, and somebody is called', async (test) => {
      const { first, second, world, weights } = await startHaproxyWorld(test);
      await world.start('v2');
      await world.until(bakingAt(1));
      await second.hang();
      await world.control('v2', { errorRate: 0.3 });
      await eventually(async () => {
        expect(await weightsIn(first)).toEqual({ stable1: 1 });
        return true;
      });
      const held = await world.until(holdsFor('RollingBack'));
      expect(held.waiting?.message).toContain(`Not everywhere yet: haproxy at ${second.socketPath}: `);
      // A process that is asked again and again has no room left for who asks.
      expect(held.waiting?.message).toMatch(/(no answer within \d+ ms|it takes no more connections); does it hang\?/);
      expect(await paged(world, 'RollbackStalled')).toContain('v2');
      expect(await paged(world, 'RouterMissing')).toContain(second.socketPath);
      // The others have drained by then, and are done with it.
      await world.until(({ rollback }) => rollback?.emptyAtMs !== null && rollback?.emptyAtMs !== undefined);
      expect(world.instances('v2')).toMatchObject([{ ready: true }]);
      second.goOn();
      expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { rule: 'error_rate' } });
      expect(await weights()).toEqual(onlyStable);
      await eventually(() => world.instances('v2').length === 0);
    });
  },
);
