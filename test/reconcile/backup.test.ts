/** The backup before a release, in the loop: nothing is started before it, a disk that hangs holds with a sentence, and a rollback waits for none. */
import { expect, it } from 'vitest';
import type { BackupAnswer } from '../../src/backup/snapshots.ts';
import { gatesOf, rollbackPointGate } from '../../src/release/gate-demand.ts';
import { checklistOf } from '../../src/report/checklist.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();
const nothing: BackupAnswer = { point: null, sinceMs: null, problem: null, latest: null };
const point = {
  id: 'v1-20260105T120000Z-3f2a91',
  revision: 'v1',
  takenAtMs: Date.UTC(2026, 0, 5, 12),
  verifiedAtMs: Date.UTC(2026, 0, 5, 12),
  checksum: 'aa',
  holds: '3 files, 12 kB',
};

async function begun(first: BackupAnswer) {
  const loop = await new SteppedLoop(rules).begin();
  const gates = gatesOf([
    rollbackPointGate({ overrideBy: [] }),
    { kind: 'backup', name: 'backup', overrideBy: [], maxAgeMs: 3_600_000 },
  ]);
  await loop.change((release) => ({ ...release, gates }));
  let answer = first;
  Object.assign(loop.world.ports, { backup: () => answer });
  return { loop, say: (next: BackupAnswer) => void (answer = next) };
}

const started = async (loop: SteppedLoop) => {
  const seen = await loop.world.ports.workload.observe();
  return seen.ok && seen.value.revisions.some(({ revision, wanted }) => revision === 'v2' && wanted > 0);
};

it('starts nothing before the point is there, however long a disk hangs, and says so', async () => {
  const { loop, say } = await begun(nothing);
  say({ ...nothing, sinceMs: Date.UTC(2026, 0, 5, 12) });
  expect((await loop.ticks(3, 1_000)).waiting).toMatchObject({ reason: 'GateWaits' });
  const late = await loop.ticks(700, 1_000);
  expect(late).toMatchObject({ phase: { phase: 'preparing', spentMs: 0 }, waiting: { reason: 'GateFailed' } });
  expect(late.waiting?.message).toMatch(/is being taken since .*, for 1[12]m.*, and is not done\. Look at the disk/);
  expect(await started(loop)).toBe(false);
  say({ ...nothing, problem: '/etc/app is not there' });
  expect((await loop.ticks(2, 1_000)).waiting?.message).toContain('there is no backup: /etc/app is not there');
  expect(await started(loop)).toBe(false);
  say({ ...nothing, point, latest: point });
  const after = await loop.ticks(5, 1_000);
  expect(after).toMatchObject({
    rollbackPoint: point,
    gates: [{ seen: { state: 'passed' } }, { seen: { state: 'passed' } }],
  });
  expect(await started(loop)).toBe(true);
  expect(checklistOf(after, 0)[0]).toMatchObject({
    name: 'rollback-point',
    evidence: expect.stringContaining('3 files'),
  });
});

it('an old backup keeps its gate closed, and the point stays known over another controller', async () => {
  const { loop, say } = await begun({
    ...nothing,
    point,
    latest: { ...point, verifiedAtMs: point.verifiedAtMs - 7_200_000 },
  });
  const held = await loop.ticks(10, 1_000);
  expect(held.waiting?.message).toMatch(/2h.* old, which is more than 1h\. Take one with `sluice backup app`/);
  await loop.restart(1_000);
  say({ ...nothing, latest: point });
  await loop.ticks(8, 1_000);
  expect(await loop.release()).toMatchObject({ rollbackPoint: point });
  expect(await loop.world.weight()).toBe(25);
});

it('is never asked about on the way back: an abort goes through while the disk hangs', async () => {
  const { loop } = await begun({ ...nothing, sinceMs: 0 });
  await loop.ticks(2, 1_000);
  await loop.order('abort');
  expect(await loop.ticks(5, 1_000)).toMatchObject({ phase: { phase: 'failed', cause: { reason: 'Aborted' } } });
});
