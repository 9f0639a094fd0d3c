import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOver } from '../../src/release/phase.ts';
import type { Release } from '../../src/release/release.ts';
import { happening, happens, manner, scenes } from '../support/happening.ts';
import { intervalMs, ModelRun } from '../support/model-run.ts';
import { checkedPass } from '../support/oracle.ts';

/** Faults are over, everybody does their part: the release must end, or say which person it waits for. */
async function calm(run: ModelRun): Promise<Release> {
  run.router.land();
  for (let n = 0; n < 40; n += 1) await Promise.all([run.router.observe(), run.workload.observe()]);
  for (let n = 0; n < 600 && !isOver(run.release); n += 1) {
    await run.makeReady();
    await checkedPass(run, { verdicts: scenes['pass']!, sighted: true, elapsedMs: n % 2 === 0 ? intervalMs : 0 });
  }
  return run.release;
}

/** Holds that only a person lifts. */
const forPeople = [
  'Paused',
  'InvestigationOpen',
  'WeightLowered',
  'LimitReached',
  'AwaitingOrder',
  'RollbackAwaitsOrder',
  'RollbackForbidden',
  'SupersedeForbidden',
];

const numRuns = Number(process.env['SAFETY_RUNS'] ?? 100);

describe('whatever happens, in whatever order', () => {
  it('S1 to S3, S5, S6, S8, S10, L1, L2 hold', { timeout: Math.max(120_000, 100 * numRuns) }, async () => {
    await fc.assert(
      fc.asyncProperty(
        manner,
        fc.array(happening, { minLength: 5, maxLength: 40 }),
        async ({ mode, ...words }, happenings) => {
          const run = await new ModelRun({ mode }).start();
          run.stored = JSON.stringify({ ...run.release, plan: { ...run.release.plan, ...words } });
          for (const each of happenings) await happens(run, each);
          const wasBack = run.release.phase.phase === 'rollingBack';
          const ended = await calm(run);
          // L1: every rollback completes, at 0, whoever raised the weight meanwhile.
          if (wasBack) expect(['rolledBack', 'failed']).toContain(ended.phase.phase);
          if (ended.phase.phase === 'rolledBack' || ended.phase.phase === 'failed') {
            expect(await run.carried()).toBe(0);
            expect(await run.workload.observe()).toMatchObject({ value: { serving: { stable: 'v1', canary: null } } });
          }
          // S9: what is stable is what was judged.
          if (ended.phase.phase === 'succeeded')
            expect(await run.workload.observe()).toMatchObject({ value: { serving: { stable: 'v2' } } });
          // L2
          if (!isOver(ended)) expect(forPeople).toContain(ended.waiting?.reason);
        },
      ),
      { numRuns },
    );
  });
});
