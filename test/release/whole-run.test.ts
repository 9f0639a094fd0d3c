import { describe, expect, it } from 'vitest';
import { isOver } from '../../src/release/phase.ts';
import type { Release } from '../../src/release/release.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { aVerdict, breach } from '../support/a-release.ts';
import { intervalMs, ModelRun } from '../support/model-run.ts';

const pass = [aVerdict(), aVerdict({ rule: 'response_time_p95', alert: 'warning' })];

interface Until {
  readonly verdicts?: readonly Verdict[];
  readonly sighted?: boolean;
  readonly passes?: number;
}

/** Runs until the condition holds; every pass sees requests, and what was started becomes ready. */
async function until(
  run: ModelRun,
  done: (release: Release) => boolean,
  { verdicts = pass, sighted = true, passes = 400 }: Until = {},
): Promise<Release> {
  for (let n = 0; n < passes; n += 1) {
    if (done(run.release)) return run.release;
    run.router.serve(400);
    await run.pass({ verdicts, sighted, elapsedMs: n % 3 === 0 ? intervalMs : 0 });
    await run.makeReady();
  }
  throw new Error(
    `not within ${passes} passes: ${JSON.stringify(run.release.phase)}, ${run.release.waiting?.message ?? 'waits for nothing'}`,
  );
}

const at =
  (phase: Release['phase']['phase'], step?: number) =>
  (release: Release): boolean =>
    release.phase.phase === phase && (step === undefined || ('step' in release.phase && release.phase.step === step));

describe('a whole release', () => {
  it('healthy: exactly 25, 50, 100, then 0 with stable renewed, then the old revision is gone', async () => {
    const run = await new ModelRun().start();
    await until(run, at('watching'));
    expect(run.router.history).toEqual([25, 50, 100, 0]);
    const during = await run.workload.observe();
    expect(during).toMatchObject({ value: { serving: { stable: 'v2', canary: null } } });
    expect(during.ok && during.value.revisions.map(({ revision }) => revision)).toEqual(['v1', 'v2']);
    await until(run, at('succeeded'));
    const after = await run.workload.observe();
    expect(after.ok && after.value.revisions.map(({ revision }) => revision)).toEqual(['v2']);
    expect(
      run.log.map(({ reason }) => reason).filter((reason) => /Passed|Verified|Promoted|Succeeded/.test(reason)),
    ).toEqual([
      'StepPassed',
      'WeightVerified',
      'StepPassed',
      'WeightVerified',
      'StepPassed',
      'WeightVerified',
      'PlanPassed',
      'Promoted',
      'Succeeded',
    ]);
  });

  it.each([0, 1, 2])(
    'a breach at step %i: weight 0 in the same pass, latched, canary drained and gone',
    async (step) => {
      const run = await new ModelRun().start();
      await until(run, at('baking', step));
      run.router.serve(10, { open: 2 });
      await run.pass({ verdicts: [breach()], sighted: true, elapsedMs: intervalMs });
      expect(await run.carried()).toBe(0);
      expect(await run.router.observe()).toMatchObject({ value: { rolledBack: 'app-1' } });
      const ended = await until(run, isOver);
      expect(ended.phase).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Breach', rule: 'error_rate' } });
      const after = await run.workload.observe();
      expect(after).toMatchObject({ value: { serving: { stable: 'v1', canary: null } } });
      expect(after.ok && after.value.revisions.map(({ revision }) => revision)).toEqual(['v1']);
    },
  );

  it('a breach in the watch walks back: the revision before is stable again', async () => {
    const run = await new ModelRun().start();
    await until(run, at('watching'));
    await run.pass({ verdicts: [breach()], sighted: true, elapsedMs: intervalMs });
    expect(await run.workload.observe()).toMatchObject({ value: { serving: { stable: 'v1' } } });
    const ended = await until(run, isOver);
    expect(ended.phase.phase).toBe('rolledBack');
    expect(run.router.history).toEqual([25, 50, 100, 0]);
  });

  it('stable is not there when it is due back: it is started, and gets the traffic with its first ready instance', async () => {
    const run = await new ModelRun().start();
    await until(run, at('baking', 1));
    await run.workload.fail('v1', { reason: 'Gone', message: 'all died' });
    for (let n = 0; n < 4; n += 1) await run.pass({ verdicts: [breach()], sighted: true, elapsedMs: intervalMs });
    expect(await run.carried()).toBe(50);
    expect(run.release.waiting).toMatchObject({ reason: 'StableNotReady' });
    expect(run.log.map(({ reason }) => reason)).toContain('RollbackStalled');
    await run.workload.makeReady('v1');
    await run.pass({ verdicts: [breach()], sighted: true, elapsedMs: intervalMs });
    expect(await run.carried()).toBe(0);
    expect((await until(run, isOver)).phase.phase).toBe('rolledBack');
  });

  it('a canary that is never ready fails without ever having had traffic', async () => {
    const run = await new ModelRun().start();
    for (let n = 0; n < 20; n += 1) await run.pass({ verdicts: [], sighted: true, elapsedMs: intervalMs });
    expect(run.release.phase).toMatchObject({ phase: 'failed', cause: { reason: 'NeverReady' } });
    expect(run.router.history).not.toContain(25);
  });

  it('a newer revision sends the weight to 0 first, and nothing is held against the one that made way', async () => {
    const run = await new ModelRun().start();
    await until(run, at('baking', 1));
    run.supersede('v3');
    await run.pass({ verdicts: pass, sighted: true, elapsedMs: intervalMs });
    expect(await run.carried()).toBe(0);
    expect((await until(run, isOver)).phase).toMatchObject({ phase: 'failed', cause: { reason: 'Superseded' } });
  });

  it('a newer revision in the watch ends the watch, and what was promoted stays', async () => {
    const run = await new ModelRun().start();
    await until(run, at('watching'));
    run.supersede('v3');
    expect((await until(run, isOver, { passes: 10 })).phase.phase).toBe('succeeded');
    expect(await run.workload.observe()).toMatchObject({ value: { serving: { stable: 'v2' } } });
  });

  it('a first deployment goes straight to stable, and is watched', async () => {
    const run = new ModelRun({ stableRevision: null });
    await until(run, isOver);
    expect(run.release.phase.phase).toBe('succeeded');
    expect(run.router.history.filter((weight) => weight > 0)).toEqual([]);
    expect(await run.workload.observe()).toMatchObject({ value: { serving: { stable: 'v2' } } });
  });

  it('endpoints that exist already: as many as there are is enough, whatever the plan computes', async () => {
    const run = await new ModelRun({ size: { baseline: 1, fixed: true } }).start();
    await until(run, at('succeeded'));
    expect(run.router.history).toEqual([25, 50, 100, 0]);
  });

  it('mode observe changes nothing in the world, and ends when it is told to', async () => {
    const run = await new ModelRun({ mode: 'observe' }).start();
    for (let n = 0; n < 20; n += 1) await run.pass({ verdicts: pass, sighted: true, elapsedMs: intervalMs });
    expect(run.router.history).toEqual([]);
    run.order({ kind: 'abort', reason: 'seen enough' });
    await until(run, isOver, { passes: 5 });
    expect(run.router.history).toEqual([]);
  });

  it('rollback: ask holds the breach latched, through a restart of the data plane, until the word comes', async () => {
    const run = await new ModelRun().start();
    run.stored = JSON.stringify({ ...run.release, plan: { ...run.release.plan, rollback: 'ask' } });
    await until(run, at('baking', 1));
    await run.pass({ verdicts: [breach()], sighted: true, elapsedMs: intervalMs });
    for (let n = 0; n < 20; n += 1) await run.pass({ verdicts: pass, sighted: true, elapsedMs: intervalMs });
    expect(await run.carried()).toBe(50);
    expect(run.release).toMatchObject({ latch: { reason: 'Breach' }, waiting: { reason: 'RollbackAwaitsOrder' } });
    run.router.restart(run.nowMs);
    for (let n = 0; n < 5; n += 1) await run.pass({ verdicts: pass, sighted: true, elapsedMs: intervalMs });
    expect(await run.carried()).toBe(0);
    run.order({ kind: 'rollback', reason: 'go' });
    expect((await until(run, isOver)).phase).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Breach' } });
  });
});

describe('killed at any moment', () => {
  it('after each save and before the write: the same weights, no step skipped, no bake shortened', async () => {
    const run = await new ModelRun().start();
    for (let n = 0; n < 900 && !isOver(run.release); n += 1) {
      run.router.serve(400);
      await run.pass({
        verdicts: pass,
        sighted: true,
        elapsedMs: n % 3 === 0 ? intervalMs : 0,
        ...(n % 7 === 3 ? { dies: 'afterSave' as const } : {}),
      });
      await run.makeReady();
    }
    expect(run.release.phase.phase).toBe('succeeded');
    expect(run.router.history).toEqual([25, 50, 100, 0]);
  });

  it("between a rollback's write and its record: the latch in the route tells the successor", async () => {
    const run = await new ModelRun().start();
    await until(run, at('baking', 1));
    await run.pass({ verdicts: [breach()], sighted: true, elapsedMs: intervalMs, dies: 'afterAct' });
    expect(run.release.phase.phase).toBe('baking');
    expect(await run.carried()).toBe(0);
    const ended = await until(run, isOver);
    expect(ended.phase).toMatchObject({ phase: 'rolledBack', cause: { reason: 'TakenBack' } });
    expect(run.router.history.slice(-1)).toEqual([0]);
  });

  it('between the last write of a promotion and its record: promoted all the same', async () => {
    const run = await new ModelRun().start();
    await until(run, at('promoting'));
    for (let n = 0; n < 6 && !at('watching')(run.release); n += 1) {
      await run.pass({ verdicts: pass, sighted: true, elapsedMs: 0, dies: 'afterAct' });
    }
    expect((await until(run, isOver)).phase.phase).toBe('succeeded');
  });
});
