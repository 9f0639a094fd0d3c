/** Bad releases are taken back: as soon as they show it, and from no more traffic than they had. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dashboardQueries } from '../support/dashboard-queries.ts';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { gaveData } from '../support/prometheus-query.ts';
import { badAtHalf, badFromTheStart, latencyRule, slowFromTheStart, slowTail } from '../support/real-runs.ts';
import { ended, holdsFor } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';
import { errorRule, sampleTarget } from '../support/world-files.ts';

/** Every query of every panel gives data over a run that had everything: rises, a rollback, and a release that stayed. */
async function expectDashboards(world: World, fromMs: number): Promise<void> {
  const files = readdirSync('dashboards')
    .filter((name) => name.endsWith('.json'))
    .map((name) => join('dashboards', name));
  expect(files.length).toBeGreaterThan(0);
  const queries = files.flatMap((file) => dashboardQueries(file, variables));
  const url = world.prometheus[0]?.url ?? '';
  const silent = async () => {
    const gave = await Promise.all(queries.map(({ expr }) => gaveData(url, expr, { fromMs })));
    return queries.filter((_, at) => gave[at] !== true);
  };
  await eventually(async () => expect(await silent()).toEqual([]), { withinMs: 10_000, everyMs: 500 });
}

const variables = { policy: '.+', release: '.+', rule: 'error_rate', __rate_interval: '10s', __range: '1h' };

describe.runIf(needs('prometheus'))('a bad release', { concurrent: true, timeout: 120_000 }, () => {
  it('with 5 % errors gets no more than its first 25 %, is frozen, and comes again by a retry only', async (test) => {
    const world = await startWorld(test);
    const done = await badFromTheStart(world, 'v2');
    const again = await world
      .api()
      .start({ policy: 'app', revision: 'v2', spec: sampleTarget('v2', { ERROR_RATE: '0.05' }), who: 'tester' });
    expect(again).toMatchObject({ ok: false, error: { reason: 'RevisionFrozen' } });

    const retried = await world.order('retry', { reason: 'false-alarm: the load test' });
    expect(retried.id).not.toBe(done.id);
    const metrics = await (await fetch(`${world.controller.url()}/metrics`)).text();
    expect(metrics).toMatch(/^sluice_false_alarms_total\{policy="app",rule="error_rate"\} 1$/m);
    expect((await world.sluice('explain', done.id)).out).toContain('the load test');
    expect(await world.until((view) => view.id === retried.id && ended(view))).toMatchObject({ phase: 'rolledBack' });
    expect(world.weights().filter((weight) => weight > 0)).toEqual([25, 25]);
    expect(world.weights().at(-1)).toBe(0);
  });

  it('that fails only at 50 % goes from there to 0, and the dashboards show it', async (test) => {
    const fromMs = Date.now();
    const world = await startWorld(test);
    const { rollback } = await badAtHalf(world, 'v2');
    const failedForUsers = (): number => world.users().versions['v2']?.failed ?? 0;
    await eventually(() => expect(rollback?.requestsFailed).toBe(failedForUsers()), { withinMs: 5_000 });
    await world.start('v3');
    await world.sluice('promote', 'app', '--full', '--reason', 'the dashboards show one that stayed, too');
    expect(await world.until(ended)).toMatchObject({ phase: 'succeeded' });
    await expectDashboards(world, fromMs);
  });

  it('with a p95 beyond 500 ms is taken back where that rule is critical', async (test) => {
    const world = await startWorld(test, { rules: errorRule + latencyRule('critical') });
    await slowFromTheStart(world, 'v2');
  });

  it('with a p95 beyond 500 ms waits for a person where that rule is a warning', async (test) => {
    const world = await startWorld(test, { rules: errorRule + latencyRule('warning'), plan: { answerWithin: '2h' } });
    await world.start('v2', { env: slowTail });
    const asked = await world.until(holdsFor('InvestigationOpen'));
    expect(asked).toMatchObject({ step: 1, investigations: [{ rule: 'response_time_p95', state: 'open' }] });
    expect((await world.sluice('status', '--wait', '--timeout', '30s')).code).toBe(4);

    expect(await world.sluice('answer', 'app', '--note', 'looking at it')).toMatchObject({ code: 0 });
    expect((await world.release()).investigations).toMatchObject([{ state: 'open' }]);
    expect((await world.log()).map(({ reason }) => reason)).toContain('InvestigationNoted');
    await world.order('resume', { reason: 'known, and good enough' });
    await world.until(({ weight }) => weight.applied === 50);
    await world.order('abort');
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Aborted' } });
    expect(world.weights()).toEqual([0, 25, 50, 0]);
  });
});
