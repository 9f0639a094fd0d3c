/** A real release is recorded while it runs and after it ended, and goes the same way when it is run again from the file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.ts';
import { bakingAt, ended } from '../support/standing.ts';
import { startWorld, type World } from '../support/world.ts';

interface Tested {
  readonly passed: number;
  readonly scenarios: readonly {
    readonly outcome: { readonly is: string; readonly atMs: number; readonly reason: string; readonly rule: string };
    readonly mismatches: readonly { readonly when: string; readonly want: string; readonly got: string }[];
  }[];
}

async function run(world: World, file: string): Promise<Tested['scenarios'][number]> {
  const { out } = await world.sluice('-o', 'json', 'rules', 'test', file);
  const [scenario] = (JSON.parse(out) as Tested).scenarios;
  if (scenario === undefined) throw new Error(out);
  return scenario;
}

/** Looks come each second. */
const aboutMs = 2_500;

describe.runIf(needs('prometheus'))('a release that was rolled back', { timeout: 300_000 }, () => {
  it('is recorded over a restart of the controller, run again, and shows what an edited rule would have done', async (test) => {
    const world = await startWorld(test);
    await world.start('v2');
    await world.until(bakingAt(1));
    await world.controller.kill();
    await world.controller.start();
    await world.until(bakingAt(2));
    // However slow this machine is: it stays there, and a breach takes back what is paused, too.
    await world.order('pause');
    const { out: explained } = await world.sluice('rules', 'explain', 'error_rate', '--release', 'app');
    // With the labels that tell the versions apart here, ready to be asked.
    expect(explained).toMatch(/^asks\n {2}canary: \S+\{[^\n]+="[^\n]+\}\n/m);
    expect(explained).toMatch(/^ {2}stable: \S+\{[^\n]+="[^\n]+\}$/m);
    const file = (name: string): string => join(world.policyDir, name);
    const early = await world.sluice('rules', 'test', '--record', 'app', '--out', file('running.yaml'));
    expect(early).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^Recorded \S+ \(baking, up to now\)/) as unknown,
    });
    await world.control('v2', { errorRate: 0.05 });
    const done = await world.until(ended);
    expect(done).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });

    const recorded = await world.sluice('rules', 'test', '--record', done.id, '--out', file('v2.yaml'));
    expect(recorded).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file('v2.yaml'), 'utf8')).toContain('rules:\n  file: ');
    const again = await run(world, file('v2.yaml'));
    expect(again.mismatches).toEqual([]);
    expect(again.outcome).toMatchObject({ is: 'rolledBack', reason: 'Breach', rule: 'error_rate' });
    const convictedMs = (done.cause?.atMs ?? 0) - done.times.startedAtMs;
    expect(Math.abs(again.outcome.atMs - convictedMs)).toBeLessThan(aboutMs);
    expect((await run(world, file('running.yaml'))).mismatches).toEqual([]);

    writeFileSync(world.rulesFile, 'error_rate: { threshold: 20%, window: 5m, alert: critical }\n');
    const edited = await run(world, file('v2.yaml'));
    expect(edited.outcome.is).not.toBe('rolledBack');
    expect(edited.mismatches.map(({ want }) => want)).toContainEqual(expect.stringContaining('rollback (Breach'));
  });
});
