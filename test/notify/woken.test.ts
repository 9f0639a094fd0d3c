/** Each reason to wake somebody is really raised by the loop, and is a page: over in-memory adapters, a pass at a time. */
import { expect, it } from 'vitest';
import { noticesOf } from '../../src/notify/message.ts';
import { isOver } from '../../src/release/phase.ts';
import type { Plan } from '../../src/release/plan.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { aVerdict, breach } from '../support/a-release.ts';
import { intervalMs, ModelRun } from '../support/model-run.ts';

const pass = [aVerdict(), aVerdict({ rule: 'response_time_p95', alert: 'warning' })];
const warning = [aVerdict(), breach({ rule: 'response_time_p95', alert: 'warning' })];

interface Passes {
  readonly verdicts?: readonly Verdict[];
  readonly sighted?: boolean;
  readonly ready?: 'all' | 'none';
}

const passes = async (
  run: ModelRun,
  count: number,
  { verdicts = pass, sighted = true, ready = 'all' }: Passes = {},
) => {
  for (let n = 0; n < count && !isOver(run.release); n += 1) {
    run.router.serve(400);
    await run.pass({ verdicts, sighted, elapsedMs: intervalMs });
    if (ready === 'all') await run.makeReady();
  }
};

/** At its first step, with traffic. */
const baking = async (plan: Partial<Plan> = {}): Promise<ModelRun> => {
  const run = await new ModelRun().start();
  run.stored = JSON.stringify({ ...run.release, plan: { ...run.release.plan, ...plan } });
  for (let n = 0; n < 60 && run.release.phase.phase !== 'baking'; n += 1) await passes(run, 1);
  expect(run.release.phase.phase).toBe('baking');
  return run;
};

/** The newest instance of the canary, which has not been ready yet. */
const loseOne = async (run: ModelRun, how: 'exited' | 'unready'): Promise<void> => {
  const state = await run.workload.observe();
  const found = state.ok ? state.value.revisions.find(({ revision }) => revision === 'v2') : undefined;
  const last = found?.instances.at(-1);
  if (last !== undefined) await run.workload.lose('v2', last.id, how);
};

const pagesOf = ({ log, release }: ModelRun): readonly string[] =>
  noticesOf(release, log).flatMap(({ reason, urgency }) => (urgency === 'page' ? [reason] : []));

it('the weight is not 0 ten seconds after the decision', async () => {
  const run = await baking();
  run.router.inject(...Array.from({ length: 6 }, () => 'lost' as const));
  await passes(run, 5, { verdicts: [breach()] });
  expect(pagesOf(run)).toContain('RollbackStalled');
});

it('there is no ready pod of stable to go back to', async () => {
  const run = await baking();
  await run.workload.fail('v1', { reason: 'Gone', message: 'all died' });
  await passes(run, 2, { verdicts: [breach()], ready: 'none' });
  expect(pagesOf(run)).toContain('StableNotReady');
});

it('the traffic is contested', async () => {
  const run = await baking();
  for (let n = 0; n < 5; n += 1) {
    run.router.interfere(90);
    await passes(run, 2);
  }
  expect(pagesOf(run)).toContain('TrafficContested');
});

it.each([
  ['instances that are not ready', 'unready'],
  ['instances that failed', 'exited'],
] as const)('the promotion is stalled by %s', async (_words, how) => {
  const steps = [25, 50, 100].map((weight) => ({ weight, bakeMs: 60_000, replicas: 1 }));
  const run = await baking({ steps });
  for (let n = 0; n < 200 && run.release.phase.phase !== 'promoting'; n += 1) {
    const { phase } = run.release;
    await passes(run, 1, { ready: phase.phase === 'baking' && phase.step === 2 ? 'none' : 'all' });
  }
  await passes(run, 2, { ready: 'none' });
  await loseOne(run, how);
  await passes(run, 14, { ready: 'none' });
  expect(run.release.phase.phase).toBe('promoting');
  expect(pagesOf(run)).toContain('PromotionStalled');
});

it('nobody answers a warning in time, a tier of contacts after the other', async () => {
  const run = await baking();
  await passes(run, 14, { verdicts: warning });
  expect(pagesOf(run)).toContain('InvestigationEscalated');
});

it("the plan's limit is reached", async () => {
  const run = await baking({ maxDurationMs: 60_000 });
  await passes(run, 20);
  expect(pagesOf(run)).toContain('LimitReached');
});

it.each([
  ['ask', 'RollbackAwaitsOrder'],
  ['forbidden', 'RollbackForbidden'],
] as const)('a breach under rollback: %s', async (rollback, reason) => {
  const run = await baking({ rollback });
  await passes(run, 2, { verdicts: [breach()] });
  expect(pagesOf(run)).toContain(reason);
});

it('the metrics are blind for as long as blindFor, once', async () => {
  const run = await baking();
  await passes(run, 14, { sighted: false, verdicts: [] });
  expect(pagesOf(run).filter((reason) => reason === 'MetricsBlind')).toHaveLength(1);
});
