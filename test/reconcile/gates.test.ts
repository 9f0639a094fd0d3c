/** Gates in the loop: what the controller sees itself opens some, a posted result another, and nothing rises before. */
import { expect, it } from 'vitest';
import { attested } from '../../src/release/attest.ts';
import type { Attestation } from '../../src/release/attestation.ts';
import { gatesOf } from '../../src/release/gate-demand.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();
const gates = gatesOf([
  { kind: 'stable', name: 'stable', overrideBy: [] },
  { kind: 'monitoring', name: 'monitoring', overrideBy: [] },
  { kind: 'attested', name: 'tests', overrideBy: [], by: [], require: [] },
]);

const post = async (loop: SteppedLoop, outcome: Attestation['outcome']): Promise<void> => {
  const { store } = loop.world.ports;
  const state = await store.policy('app');
  if (!state.ok || state.value === null) throw new Error('gone');
  const given = { name: 'tests', revision: 'v2', outcome, values: {}, who: 'ci', caller: null, reason: '', atMs: 1 };
  const saved = await store.savePolicy(attested(state.value, given));
  if (!saved.ok) throw new Error(saved.error.message);
};

const states = async (loop: SteppedLoop) => (await loop.release()).gates.map(({ seen }) => seen.state);

it('a release waits for all of them, and goes on by itself when the last one opens', async () => {
  const loop = await new SteppedLoop(rules).begin();
  await loop.change((release) => ({ ...release, gates }));
  expect(await loop.ticks(20, 1_000)).toMatchObject({ waiting: { reason: 'GateWaits' } });
  expect(await states(loop)).toEqual(['passed', 'passed', 'waiting']);
  await post(loop, 'fail');
  expect(await loop.ticks(2, 1_000)).toMatchObject({
    waiting: { reason: 'GateFailed' },
    phase: { phase: 'preparing' },
  });
  await loop.restart(1_000);
  expect((await loop.ticks(2, 1_000)).waiting?.reason).toBe('GateFailed');
  expect(await loop.world.weight()).toBe(0);
  await post(loop, 'pass');
  await loop.ticks(3, 1_000);
  expect(await loop.world.weight()).toBe(25);
  expect(await states(loop)).toEqual(['passed', 'passed', 'passed']);
});
