/** What is asked about a release after its end: the answers are stored with it, in the end one line tells whether the rollback is verified. */
import { expect, it } from 'vitest';
import type { Heard } from '../../src/checks/checks.ts';
import { CheckDesk } from '../../src/checks/desk.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Happening } from '../../src/reconcile/happening.ts';
import { type CheckDemand, type CheckRun, checksOf } from '../../src/release/check-demand.ts';
import { MemoryDisk, openMemoryStore } from '../../src/release/memory.ts';
import { MemoryRouter } from '../../src/router/memory.ts';
import { afterEnd } from '../../src/wiring/after-end.ts';
import { MemoryWorkload } from '../../src/workload/memory.ts';
import { inPhase, phases } from '../support/a-release.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';

const demand = (given: Partial<CheckDemand>): CheckDemand => ({
  ...{ name: 'health', kind: 'health', stages: [], onFail: 'usual', everyMs: 1, failures: 1 },
  ...{ survives: true, isGate: false, overrideBy: [] },
  ...given,
});

async function ended(answers: Readonly<Record<string, Heard['outcome'][]>>) {
  const opened = openMemoryStore({ disk: new MemoryDisk() });
  if (!opened.ok) throw new Error(opened.error.message);
  const store = opened.value;
  const nobody = { revision: null, endpoints: [] };
  const router = new MemoryRouter({ stable: nobody, canary: nobody, nowMs: 0 });
  const workload = new MemoryWorkload({ backends: router, epoch: store.epoch, readiness: 'atOnce' });
  const asked: string[] = [];
  const checks = new CheckDesk({
    namespace: 'default',
    askOf: (name) => async () => {
      asked.push(name);
      const outcome = (answers[name] ?? []).shift() ?? 'passed';
      return { outcome, message: `it ${outcome}`, tookMs: 1 };
    },
  });
  const told: Happening[] = [];
  const after = afterEnd({ checks, clock: systemClock, store, workload, tell: (each) => told.push(each) });
  atTestEnd(() => after.close());
  const phase = { ...phases.rolledBack, endedAtMs: Date.now() };
  const demands = [
    { name: 'health' },
    { name: 'canary', survives: false },
    { name: 'hook', stages: ['onRollback'] },
  ] as const;
  const release = inPhase(phase, { checks: checksOf(demands.map(demand)) });
  const saved = await store.save({ ...release, version: 0 }, []);
  if (!saved.ok) throw new Error(saved.error.message);
  const lines = async () => {
    const log = await store.log(release.id);
    return log.ok ? log.value.filter(({ reason }) => reason.startsWith('Rollback')) : [];
  };
  return { after, asked, lines, release: saved.value, store, told };
}

it('is asked until it passes, then told in one line', async () => {
  const { after, asked, lines, release, store } = await ended({ health: ['failed'] });
  after.saved(release);
  after.saved(release);
  await eventually(async () => (await lines()).length === 1);
  expect((await lines())[0]).toMatchObject({
    reason: 'RollbackVerified',
    message: 'rollback verified: v1 has all traffic; health: it passed; hook: it passed',
  });
  expect(asked.toSorted()).toEqual(['health', 'health', 'hook']);
  const now = await store.release(release.id);
  if (!now.ok || now.value === null) throw new Error('gone');
  // Another controller finds nothing left to ask.
  after.saved(now.value);
  expect(asked).toHaveLength(3);
  expect(await lines()).toHaveLength(1);
});

const answered = (place: string): CheckRun => ({
  ...{ place, attempt: 1, state: 'passed', message: 'well', failedInARow: 0, override: null },
  ...{ sinceMs: 1, askedAtMs: 1, answeredAtMs: 2, tookMs: 1 },
});

it('is told, too, where all had been said before the end', async () => {
  const { after, asked, lines, release, store } = await ended({});
  const said = {
    ...release,
    checks: release.checks.map((check) => ({ ...check, runs: ['afterRollback', 'onRollback'].map(answered) })),
  };
  const saved = await store.save(said, []);
  if (!saved.ok) throw new Error(saved.error.message);
  after.saved(saved.value);
  await eventually(async () => (await lines()).length === 1);
  after.saved(saved.value);
  expect([asked, (await lines()).length]).toEqual([[], 1]);
});
