import { describe, expect, it } from 'vitest';
import type { Trends } from '../../src/report/trends/trends.ts';
import { nothing, startDemo } from '../support/demo-run.ts';
import { eventually } from '../support/eventually.ts';
import { sluice } from '../support/sluice-command.ts';

describe('sluice demo', () => {
  it('keeps its promises in a pipe, ends with exit code 0, and leaves nothing behind', {
    timeout: 240_000,
  }, async () => {
    const { process, leftBehind } = await startDemo();
    expect(await process.exited, process.output()).toBe(0);
    const text = process.output();
    for (const promise of [
      /25 % of the users get v2/,
      /50 % of the users get v2/,
      /metrics outage: no instance answers a scrape/,
      /the metrics answer again/,
      /everybody gets v2/,
      /v2 is promoted: it is stable now/,
      /error_rate takes v3 back/,
      /promoted in \S+: canary weight 25 %, 50 %, 100 %, then stable/,
      /held at 50 %, went on by itself; that time is no bake/,
      /error_rate \(rules\/production\.yaml:2\): \d[\d.]* % against 0\.1 %/,
      /first failed request to weight 0: [\d.]+ m?s/,
      /decision to weight 0: [\d.]+ m?s/,
      /it failed \d+ of \S+ user requests/,
      /longest time without an answer: /,
      /chance that a healthy release is rolled back <= 0\.1 %/,
    ])
      expect(text).toMatch(promise);
    expect(text.match(/^yes {2}/gm)).toHaveLength(5);
    expect(text).not.toContain('\u001b');
    expect(await leftBehind()).toEqual(nothing);
  });

  it('goes on with --keep, answers the other commands, and ends with Ctrl-C', { timeout: 180_000 }, async () => {
    const { process, leftBehind } = await startDemo(['--keep', '--no-outage', '--factor', '120']);
    const [, server = ''] = await process.says(/HTTP API at (http:\S+)\. In another/, 150_000);
    expect(process.output()).toContain(`The page: ${server}/\n`);
    const [, id = ''] =
      /v4 is paused at the beginning of its first bake.*#\/release\/(\S+)/.exec(process.output()) ?? [];
    const guest = await sluice(['get', '-o', 'json', id], { server });
    expect(JSON.parse(guest.out)).toMatchObject({ phase: 'baking', step: 1, attention: { reason: 'Paused' } });
    const listed = await sluice(['list'], { server });
    expect(listed.out).toMatch(/v3 +rolledBack/);
    expect(listed.out).toMatch(/v2 +succeeded/);
    const { out } = await sluice(['get', '-o', 'json', listed.out.match(/app-v3-\w+/)?.[0] ?? ''], { server });
    expect(JSON.parse(out)).toMatchObject({ result: 'rolledBack', compression: 120, rollback: { rule: 'error_rate' } });
    const told = await sluice(['history', '--trends', '-o', 'json'], { server });
    const { trends } = JSON.parse(told.out) as { readonly trends: readonly Trends[] };
    expect(trends[0]).toMatchObject({ quantile: 0.95, whole: { deployments: 2, failures: 1 } });
    expect(trends[0]?.whole.responseTime?.atMostSeconds).toBeLessThanOrEqual(0.5);
    expect(await process.end('SIGINT')).toBe(0);
    expect(process.output()).toMatch(/every process of the demo is ended and its folder removed/);
    expect(await leftBehind()).toEqual(nothing);
  });

  it.each([
    ['SIGINT', /starting a controller/],
    ['SIGTERM', /users come/],
    ['SIGHUP', /25 % of the users get v2/],
  ] as const)('leaves nothing behind at %s after "%s"', { timeout: 90_000 }, async (signal, moment) => {
    const { process, leftBehind } = await startDemo();
    await process.says(moment, 60_000);
    expect(await process.end(signal)).toBe(130);
    expect(await leftBehind()).toEqual(nothing);
  });

  it('is cleaned up after when it is killed', { timeout: 90_000 }, async () => {
    const { process, leftBehind } = await startDemo();
    await process.says(/v2 is started/, 60_000);
    const { processes } = await leftBehind();
    // Itself, its guard, the load, the proxy, two instances of v1.
    expect(processes.length).toBeGreaterThanOrEqual(6);
    await process.end('SIGKILL');
    await eventually(async () => expect(await leftBehind()).toEqual(nothing) ?? true, { withinMs: 20_000 });
  });
});
