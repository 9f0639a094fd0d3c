/** Metric sources that come and go while two real haproxy processes carry the release. */
import { describe, expect, it } from 'vitest';
import { startHaproxyWorld } from '../support/haproxy-world.ts';
import { needs } from '../support/needs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import type { World } from '../support/world.ts';

/** Requests that a revision says it has answered, by all who sent any. */
async function answeredBy(world: World, revision: string): Promise<number> {
  const pages = await Promise.all(
    world.instances(revision).map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  );
  const counts = pages.flatMap((page) => [...page.matchAll(/^http_requests_total\{.*\} (\d+)/gm)]);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe.runIf(needs(['prometheus', 'haproxy']))('two haproxies carry', { concurrent: true, timeout: 300_000 }, () => {
  it('a release that two Prometheis judge, with nothing counted twice, and one that is judged on when both are gone', async (test) => {
    const spec = { metrics: { source: 'main', fallback: 'direct', preset: 'app' } };
    const { world, weights } = await startHaproxyWorld(test, { prometheus: 'pair', spec });
    await world.start('v2', { env: { ERROR_RATE: '0.002' } });
    let judged = 0;
    await world.until(({ phase, rules }) => {
      judged = Math.max(judged, rules[0]?.events ?? 0);
      return phase === 'promoting' || phase === 'watching';
    }, 120_000);
    const answered = await answeredBy(world, 'v2');
    expect(judged).toBeGreaterThan(1_000);
    expect(judged).toBeLessThanOrEqual(answered);
    expect(await world.until(ended, 60_000)).toMatchObject({ phase: 'succeeded' });
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);

    await world.start('v3');
    await world.until(bakingAt(1));
    const [first, second] = world.prometheus;
    await first?.process().end('SIGKILL');
    await second?.process().end('SIGKILL');
    const fallen = await world.until(bakingAt(2));
    expect(fallen.sight).toMatchObject({ source: 'direct', blindSinceMs: null });
    expect((await world.log()).map(({ reason }) => reason)).toContain('SourceChanged');
    await world.control('v3', { errorRate: 0.05 });
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });
    expect(world.weights()).toEqual([0, 25, 50, 0]);
    expect(await weights()).toEqual([{ stable2: 1 }, { stable2: 1 }]);
  });

  it('a release on which one of two Prometheis is lost, and replaced by a new one that remembers nothing', async (test) => {
    const { world } = await startHaproxyWorld(test, { prometheus: 'pair', plan: { blindFor: '3m' } });
    await world.start('v2');
    await world.until(bakingAt(1));
    const [first] = world.prometheus;
    await first?.process().end('SIGKILL');
    await world.until(bakingAt(2), 120_000);
    await first?.replace();
    await world.control('v2', { errorRate: 0.05 });
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });
    expect(world.weights()).toEqual([0, 25, 50, 0]);
  });
});
