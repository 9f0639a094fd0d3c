/** Everything that releases meet through the built-in proxy, once more through two real haproxy processes. */
import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startHaproxyWorld } from '../support/haproxy-world.ts';
import { killedAtTenMoments } from '../support/killed-runs.ts';
import { needs } from '../support/needs.ts';
import {
  badAtHalf,
  badFromTheStart,
  dyingAllTheTime,
  hangingAtTheFirstStep,
  latencyRule,
  outageLongAfterTheRise,
  outageRightAfterTheRise,
  prometheusGone,
  slowFromTheStart,
} from '../support/real-runs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { expectWholeLog } from '../support/whole-log.ts';
import { errorRule } from '../support/world-files.ts';

const sharedWindow = { dispersion: 1, sharedWindow: '3m' };
/** Errors and share as the haproxies' exporters count them, response times as the service does. */
const byBoth = [
  'error_rate: { threshold: 1%, window: 5m, alert: critical, preset: haproxy }',
  'throughput: { threshold: -10% from baseline, window: 10m, alert: warning, preset: haproxy }',
  latencyRule('warning'),
].join('\n');

const onlyStable = [{ stable1: 1 }, { stable1: 1 }];

describe.runIf(needs(['prometheus', 'haproxy']))('two haproxies carry', { concurrent: true, timeout: 300_000 }, () => {
  it('a healthy release over exactly 25, 50 and 100 %, whatever becomes of the rule file and the controller', async (test) => {
    const { world } = await startHaproxyWorld(test, { rules: byBoth });
    const done = await killedAtTenMoments(world, async (moment) => {
      if (moment === 2) await writeFile(world.rulesFile, 'error_rate: { threshold: 1%, window: 5m, alert: crit }\n');
      if (moment === 5) await rm(world.rulesFile);
    });
    expect(done.rules.map(({ name, events }) => [name, events > 0])).toEqual([
      ['error_rate', true],
      ['throughput', true],
      ['response_time_p95', true],
    ]);
    expectWholeLog(await world.log());
    await eventually(() => world.instances('v1').length === 0);
  });

  it('bad ones back to 0, one after the other: errors, slowness, silence, and trouble that came with a raise', async (test) => {
    const rules = errorRule + latencyRule('critical');
    const { world, weights } = await startHaproxyWorld(test, { rules, spec: { judge: sharedWindow } });
    await badFromTheStart(world, 'v2');
    await slowFromTheStart(world, 'v3');
    const hung = await hangingAtTheFirstStep(world, 'v4');
    // What hangs is ended with the drain, and the report has both times.
    expect((hung.rollback?.emptyAtMs ?? 0) - (hung.rollback?.zeroAtMs ?? 0)).toBeGreaterThanOrEqual(500);
    const { out } = await world.sluice('report', hung.id);
    expect(out).toMatch(/\*\*Weight 0\*\*: .* after the decision\n- \*\*Last request ended\*\*: .* after weight 0/);
    await badAtHalf(world, 'v5');
    await outageRightAfterTheRise(world, ['v1', 'v6']);
    expect(await weights()).toEqual(onlyStable);
  });

  it("a release over an outage that is nobody's fault, and over half a minute without Prometheus", async (test) => {
    const plan = {
      blindFor: '3m',
      steps: [
        { weight: 25, bake: '6m' },
        { weight: 50, bake: '14m' },
        { weight: 100, bake: '4m' },
      ],
    };
    const { world } = await startHaproxyWorld(test, { plan, spec: { judge: sharedWindow } });
    await world.start('v2');
    await outageLongAfterTheRise(world, ['v1', 'v2'], 300);
    await prometheusGone(world, 30_000);
    expect(await world.until(ended, 120_000)).toMatchObject({ phase: 'succeeded', pauses: [] });
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
  });

  it('a canary that dies all the time no further', async (test) => {
    const { world, weights } = await startHaproxyWorld(test);
    await world.start('v2');
    await world.until(bakingAt(1));
    await dyingAllTheTime(world, 'v2');
    expect(world.weights()).toEqual([0, 25, 0]);
    expect(await weights()).toEqual(onlyStable);
  });
});
