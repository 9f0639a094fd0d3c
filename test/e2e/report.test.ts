/** What a report says of a real run is what was done to the traffic, as the data plane wrote it down and as users saw it. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DeploymentReport } from '../../src/report/deployment/deployment-report.ts';
import { deploymentReport as schema } from '../../src/server/openapi/report-answer.ts';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { badAtHalf, latencyRule } from '../support/real-runs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';
import { errorRule } from '../support/world-files.ts';

const reportOf = async (world: World): Promise<DeploymentReport> => {
  const { id } = await world.release();
  const answer = await fetch(`${world.controller.url()}/api/v1/releases/${id}/report`);
  const report: unknown = await answer.json();
  expect(z.safeParse(schema, report).error).toBeUndefined();
  return report as DeploymentReport;
};

/** The load's counts are a second old at most. */
const withUsers = (check: () => void): Promise<void> => eventually(check);

/** A write and the look that sees it are apart. */
const nearMs = 2_000;

describe.runIf(needs('prometheus'))('the report of a real run', { concurrent: true, timeout: 240_000 }, () => {
  it('has the weights, times and failed requests that there really were', async (test) => {
    const world = await startWorld(test, { rules: errorRule + latencyRule('warning') });
    await badAtHalf(world, 'v2');
    const [, , half, zero] = world.spans();
    const report = await reportOf(world);
    expect(report).toMatchObject({
      status: 'rollback',
      promotedAtMs: null,
      impact: { level: 'zeroDowntime', by: 'router' },
    });
    expect(report.steps.map(({ reachedAtMs }) => reachedAtMs !== null)).toEqual([true, true, false]);
    expect(Math.abs((report.steps[1]?.reachedAtMs ?? 0) - (half?.fromMs ?? 0))).toBeLessThan(nearMs);
    expect(Math.abs((report.rollback?.zeroAtMs ?? 0) - (zero?.fromMs ?? 0))).toBeLessThan(nearMs);
    expect(report.chart.weight.applied.map(({ percent }) => percent)).toEqual([0, 25, 50, 0]);
    await withUsers(() => expect(report.impact.failed).toBe(world.failed()));
    expect(report.rollback?.requestsFailed).toBe(report.impact.failed);
    expect(report.responseTime?.canary?.atMostSeconds).toBeLessThanOrEqual(0.5);
    expect(report.earlier.map(({ revision }) => revision)).toEqual(['v2']);
    expect(report.earlier[0]?.responseTime?.canary).toEqual(report.responseTime?.canary);

    const page = await world.sluice('report', 'app', '-o', 'html');
    expect(page.out).toContain('<!doctype html>');
    expect((await world.sluice('report', 'app')).out).toContain('# app v2: rolled back');
    expect((await world.sluice('list', '-o', 'html')).err).toContain('list prints table, json, yaml, name');
  });

  it('measures how long nobody was answered', async (test) => {
    const world = await startWorld(test);
    await world.start('v2');
    await world.until(bakingAt(1));
    const failing = (errorRate: number) =>
      Promise.all(['v1', 'v2'].map((revision) => world.control(revision, { errorRate })));
    const before = world.failed();
    await failing(1);
    await withUsers(() => expect(world.failed()).toBeGreaterThan(before + 500));
    await failing(0);
    const { classes } = world.users();
    await withUsers(() => expect(world.users().classes['2xx']).toBeGreaterThan(classes['2xx']));
    if (!(await world.release()).ended) await world.order('abort');
    await world.until(ended);
    const { impact } = await reportOf(world);
    // Users count from the last answer that was asked for, the data plane from the last that it gave.
    expect(impact.longest?.leastMs).toBeLessThanOrEqual(world.interruptedMs() + 100);
    expect(impact.longest?.mostMs).toBeGreaterThanOrEqual(world.interruptedMs() - 100);
    await withUsers(() => expect(impact.failed).toBe(world.failed()));
  });
});
