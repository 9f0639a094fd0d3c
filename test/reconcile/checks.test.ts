/** Checks in the loop: what is asked where, what each answer does, and that nobody waits for any. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Heard, Question } from '../../src/checks/checks.ts';
import { CheckDesk } from '../../src/checks/desk.ts';
import { type CheckDemand, checksOf } from '../../src/release/check-demand.ts';
import { override } from '../../src/release/override.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();

const demand = (given: Partial<CheckDemand>): CheckDemand => ({
  ...{ name: 'smoke', kind: 'http', stages: [], onFail: 'usual', everyMs: 2_000, failures: 1 },
  ...{ survives: true, isGate: false, overrideBy: [] },
  ...given,
});

type Answer = Heard['outcome'] | 'hangs';

/** Answers by what the test says now. */
class Outside {
  readonly asked: Question[] = [];
  answer: (question: Question) => Answer = () => 'passed';

  desk(): CheckDesk {
    return new CheckDesk({ namespace: 'default', askOf: () => (question) => this.#ask(question) });
  }

  async #ask(question: Question): Promise<Heard> {
    this.asked.push(question);
    const outcome = this.answer(question);
    return outcome === 'hangs' ? new Promise(() => {}) : { outcome, message: `it ${outcome}`, tookMs: 1 };
  }
}

async function begun(...demands: readonly Partial<CheckDemand>[]) {
  const outside = new Outside();
  const loop = await new SteppedLoop(rules, { compression: 60 }).begin();
  Object.assign(loop.world.ports, { checks: outside.desk() });
  await loop.change((release) => ({ ...release, checks: checksOf(demands.map(demand)) }));
  const ticks = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      await loop.tick(1_000);
      await turn();
    }
    return loop.release();
  };
  return { loop, outside, ticks };
}

const placesAsked = ({ asked }: Outside): readonly string[] =>
  asked.map(({ id }) => id.split('/').slice(1, -2).join('/'));

describe('a check', () => {
  it('before traffic holds it while it hangs and while it fails, is asked again, and lets it go when it passes', async () => {
    const { loop, outside, ticks } = await begun({ stages: ['beforeTraffic'] });
    outside.answer = () => 'hangs';
    expect(await ticks(5)).toMatchObject({ waiting: { reason: 'CheckPending' }, phase: { phase: 'preparing' } });
    // The question that hangs is the same one all the time.
    expect(new Set(outside.asked.map(({ id }) => id)).size).toBe(1);
    await loop.restart(1_000);
    outside.answer = () => 'failed';
    Object.assign(loop.world.ports, { checks: outside.desk() });
    expect(await ticks(2)).toMatchObject({
      waiting: { reason: 'CheckFailed', message: expect.stringContaining('it failed') },
    });
    expect(new Set(outside.asked.map(({ id }) => id)).size).toBe(1);
    expect(await loop.world.weight()).toBe(0);
    outside.answer = () => 'passed';
    await ticks(8);
    expect(await loop.world.weight()).toBe(25);
  });

  it('that a person goes without is not waited for', async () => {
    const { loop, outside, ticks } = await begun({ stages: ['beforeTraffic'], overrideBy: ['eve'] });
    outside.answer = () => 'failed';
    await ticks(3);
    const word = { gate: 'smoke', who: 'eve', caller: 'eve', reason: 'looked myself', atMs: 1 };
    const release = await loop.release();
    expect(override(release, { ...word, caller: 'bob' })).toMatchObject({ ok: false, error: { reason: 'NotAllowed' } });
    const gone = override(release, word);
    if (!gone.ok) throw new Error(gone.error.message);
    await loop.change(() => gone.value.release);
    await ticks(3);
    expect(await loop.world.weight()).toBe(25);
  });

  it('after a weight takes the canary back when it fails, and holds it where it is told to', async () => {
    const taking = await begun({ stages: ['afterWeight'] });
    taking.outside.answer = () => 'failed';
    expect(await taking.ticks(15)).toMatchObject({ latch: { reason: 'CheckFailed' } });
    expect(await taking.loop.world.weight()).toBe(0);
    const holding = await begun({ stages: ['afterWeight'], onFail: 'hold' });
    holding.outside.answer = () => 'failed';
    expect(await holding.ticks(40)).toMatchObject({ waiting: { reason: 'CheckFailed' }, latch: null });
    expect(await holding.loop.world.weight()).toBe(25);
  });

  it('is asked once at each of its places, and never again by the next controller', async () => {
    const stages = ['beforeTraffic', 'afterWeight', 'beforePromotion', 'afterPromotion', 'onRollback'] as const;
    const { loop, outside, ticks } = await begun({ stages });
    await ticks(40);
    await loop.restart(1_000);
    Object.assign(loop.world.ports, { checks: outside.desk() });
    await ticks(100);
    expect(placesAsked(outside)).toEqual([
      'beforeTraffic',
      'afterWeight/0',
      'afterWeight/1',
      'afterWeight/2',
      'beforePromotion',
      'afterPromotion',
    ]);
    expect((await loop.release()).checks[0]?.runs.map(({ state }) => state)).toEqual(Array(6).fill('passed'));
  });

  it('that is only recorded delays nothing, and its failure is on record', async () => {
    const { loop, outside, ticks } = await begun({ stages: ['beforeTraffic', 'afterWeight'], onFail: 'record' });
    outside.answer = ({ stage }) => (stage === 'beforeTraffic' ? 'failed' : 'hangs');
    await ticks(5);
    expect(await loop.world.weight()).toBe(25);
    expect((await loop.release()).checks[0]?.runs[0]).toMatchObject({
      place: 'beforeTraffic',
      state: 'failed',
      attempt: 1,
    });
  });

  it('is given up with the step that it was asked for', async () => {
    const { loop, outside, ticks } = await begun({ stages: ['afterWeight'] });
    outside.answer = () => 'hangs';
    await ticks(10);
    await loop.order('abort', 'enough');
    expect((await ticks(3)).latch?.reason).toBe('Aborted');
    outside.answer = () => 'failed';
    expect((await ticks(3)).checks[0]?.runs[0]?.state).toBe('pending');
    expect(await loop.world.weight()).toBe(0);
  });
});

describe('a health check', () => {
  const health = { name: 'health', kind: 'health', failures: 3 } as const;

  it('fails with so many bad answers in a row, not with one among good ones', async () => {
    const { loop, outside, ticks } = await begun(health);
    await ticks(6);
    outside.answer = ({ id }) => (Number(id.split('/').at(-1)) % 2 === 0 ? 'failed' : 'passed');
    expect(await ticks(12)).toMatchObject({ latch: null });
    outside.answer = () => 'failed';
    await ticks(9);
    expect(await loop.world.weight()).toBe(0);
    expect((await loop.release()).latch).toMatchObject({
      reason: 'CheckFailed',
      message: 'Check health failed: it failed.',
    });
  });

  it('is asked again and again, and says so in one line each time its state changes', async () => {
    const { loop, outside, ticks } = await begun(health);
    await ticks(40);
    expect(outside.asked.length).toBeGreaterThan(8);
    const log = await loop.world.ports.store.log((await loop.release()).id);
    if (!log.ok) throw new Error(log.error.message);
    expect(log.value.filter(({ kind, reason }) => kind === 'event' && reason.startsWith('Check'))).toHaveLength(1);
  });

  it('that can not be told holds, and takes nothing back', async () => {
    const { outside, ticks } = await begun({ ...health, kind: 'alertmanager', onFail: 'hold' });
    await ticks(6);
    outside.answer = () => 'pending';
    expect(await ticks(40)).toMatchObject({ waiting: { reason: 'CheckPending' }, latch: null });
  });
});

it('deciding never waits for any of them: a breach goes to 0 while everything outside hangs', async () => {
  const stages = ['beforeTraffic', 'afterWeight', 'beforePromotion'] as const;
  const { loop, outside, ticks } = await begun(
    { name: 'one', stages, onFail: 'record' },
    { name: 'two', stages: ['afterWeight'] },
    { name: 'three', kind: 'health' },
  );
  await ticks(5);
  expect(await loop.world.weight()).toBe(25);
  outside.answer = () => 'hangs';
  await ticks(40);
  loop.world.errorRate['v2'] = 0.5;
  await loop.tick(1_000);
  await loop.tick(1_000);
  expect(await loop.world.weight()).toBe(0);
  expect((await loop.release()).latch?.rule).toBe('error_rate');
});
