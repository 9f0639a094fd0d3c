/** Whether a rollback helped is looked at on stable itself, in a whole world in memory: what it serves is what is judged. */
import { expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { noticesOf } from '../../src/notify/message.ts';
import type { Happening } from '../../src/reconcile/happening.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import type { Release } from '../../src/release/release.ts';
import { explain } from '../../src/report/explain.ts';
import { releaseView } from '../../src/report/release-view.ts';
import { afterRollback } from '../../src/wiring/after-rollback.ts';
import { inPhase, phases } from '../support/a-release.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { MemoryWorld, productionRules } from '../support/memory-world.ts';

const intervalMs = 30;

/** Two minutes, made as short as they are made. */
const compression = 1_000;

const rolledBack = async (change: Partial<Release> = {}) => {
  const opened = openMemoryStore();
  if (!opened.ok) throw new Error(opened.error.message);
  const store = opened.value;
  const rules = await productionRules();
  const common = { policy: 'app', clock: systemClock, perSecond: 2_000, compression: 1, intervalMs };
  const world = new MemoryWorld({ ...common, store, rules });
  await world.settle('v1');
  const now = Date.now();
  const phase = { ...phases.rolledBack, zeroAtMs: now, endedAtMs: now };
  const given = { rules, compression, stableRevision: 'v1', revision: 'v2', policy: 'app', version: 0, notes: [] };
  const saved = await store.save({ ...inPhase(phase, { id: 'app-1' }), ...given, ...change }, []);
  if (!saved.ok) throw new Error(saved.error.message);
  const told: Happening[] = [];
  const after = () => {
    const each = afterRollback({ ...world.ports, tell: (happening) => void told.push(happening) });
    atTestEnd(() => each.close());
    return each;
  };
  const lines = async () => {
    const log = await store.log('app-1');
    return log.ok ? log.value.filter(({ reason }) => reason === 'RollbackDidNotHelp') : [];
  };
  return { after, lines, release: saved.value, store, told, world };
};

it('stable that still fails two minutes later pages, once, and stays in what is told of the release', async () => {
  const { after, lines, release, store, told, world } = await rolledBack();
  world.errorRate['v1'] = 0.05;
  const first = after();
  first.saved(release);
  first.saved(release);
  await eventually(async () => (await lines()).length === 1);
  const [line] = await lines();
  expect(line?.message).toMatch(/^the rollback did not help: .* v1 has error_rate \d.* % against 0\.1 %/);
  expect(line?.data).toMatchObject({ rule: 'error_rate', limit: 0.001, stable: 'v1' });
  expect(
    (line?.atMs ?? 0) - (release.phase.phase === 'rolledBack' ? release.phase.zeroAtMs : 0),
  ).toBeGreaterThanOrEqual(10 * intervalMs);
  const saved = told.find((each) => each.kind === 'saved');
  if (saved?.kind !== 'saved') throw new Error('nobody was told');
  expect(noticesOf(saved.release, saved.log)).toMatchObject([{ urgency: 'page', reason: 'RollbackDidNotHelp' }]);
  const log = await store.log('app-1');
  const view = releaseView({
    ...{ release: saved.release, log: log.ok ? log.value : [], policy: null, instances: null, nowMs: Date.now() },
  });
  expect(explain(view).why.join(' ')).toContain('the rollback did not help');
  // The next controller finds it said.
  const next = after();
  const tell = next.listening('app', () => undefined);
  // Whatever else is saved of it does not begin it anew.
  tell({ kind: 'saved', release: saved.release, log: [], look: null });
  await new Promise((resolve) => setTimeout(resolve, 25 * intervalMs));
  expect(await lines()).toHaveLength(1);
});

it('two releases that went back one after the other page once, of the later one', async () => {
  const { after, lines, release, store, world } = await rolledBack();
  const each = after();
  each.saved(release);
  await eventually(() => world.reads >= 2);
  const now = Date.now();
  const later = {
    ...{ ...release, id: 'app-2', revision: 'v3', version: 0, startedAtMs: release.startedAtMs + 1 },
    phase: { ...phases.rolledBack, zeroAtMs: now, endedAtMs: now },
  };
  const saved = await store.save(later, []);
  if (!saved.ok) throw new Error(saved.error.message);
  each.saved(saved.value);
  // Somebody acts on the earlier one: it is not looked at anew.
  each.saved(release);
  world.errorRate['v1'] = 0.05;
  await eventually(async () => {
    const log = await store.log('app-2');
    return log.ok && log.value.some(({ reason }) => reason === 'RollbackDidNotHelp');
  });
  const untilMs = now + 25 * intervalMs;
  await eventually(() => Date.now() > untilMs);
  expect(await lines()).toEqual([]);
});

it.each([
  ['is well', {}, {}],
  ['was ill, and is well again before evidence counts', {}, { healsAtOnce: true }],
  ['is ill, and its normal was known to be above the limit', { notes: usual() }, { errorRate: 0.05 }],
] as const)('stable that %s pages nobody', async (_words, change, { errorRate = 0, healsAtOnce = false }: Ill) => {
  const { after, lines, release, world } = await rolledBack(change);
  world.errorRate['v1'] = healsAtOnce ? 0.5 : errorRate;
  after().saved(release);
  if (healsAtOnce) await eventually(() => world.reads >= 2);
  if (healsAtOnce) world.errorRate['v1'] = 0;
  const untilMs = Date.now() + 25 * intervalMs;
  await eventually(() => Date.now() > untilMs);
  expect(await lines()).toEqual([]);
});

it('nothing is asked where nothing was given back', async () => {
  const { after, release, world } = await rolledBack({ stableRevision: null });
  after().saved(release);
  after().saved({ ...release, phase: phases.baking });
  await new Promise((resolve) => setTimeout(resolve, 3 * intervalMs));
  expect(world.reads).toBe(0);
});

interface Ill {
  readonly errorRate?: number;
  readonly healsAtOnce?: boolean;
}

function usual(): Release['notes'] {
  return [{ reason: 'ThresholdBelowBaseline', rule: 'error_rate', message: 'its normal is above' }];
}
