import { describe, expect, it } from 'vitest';
import { type CommandKind, command } from '../../src/release/command.ts';
import { phaseNames } from '../../src/release/phase.ts';
import type { Release } from '../../src/release/release.ts';
import { type Offer, type OfferName, offers } from '../../src/report/offers.ts';
import { aCause, aPolicy, inPhase, phases } from '../support/a-release.ts';
import { begun, tickMs } from '../tuning/recording/replayed.ts';

const offer = (release: Release, name: OfferName): Offer => {
  const found = offers(release, aPolicy()).find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

const orders = ['pause', 'resume', 'promote', 'promoteFull', 'abort'] as const satisfies readonly CommandKind[];

describe('what is offered', () => {
  it.each(phaseNames)('while %s is what would be taken, and every refusal says why', (phase) => {
    const release = inPhase(phases[phase]);
    for (const name of orders) {
      const { allowed, does, why } = offer(release, name);
      const given = { kind: name, revision: 'v2', who: 'ada', reason: 'x', atMs: 1 };
      const taken = command(release, given);
      if (allowed) expect(taken.ok && taken.value.log.length).toBe(1);
      expect(allowed).toBe(why === null);
      expect(why).not.toBe('');
      expect(does).toMatch(/^\S.*\.$/);
    }
  });

  it.each([
    ['preparing', ['pause', 'promote', 'promoteFull', 'abort']],
    ['shifting', ['pause', 'promote', 'promoteFull', 'abort']],
    ['baking', ['pause', 'promote', 'promoteFull', 'abort']],
    ['promoting', ['abort']],
    ['watching', ['abort']],
    ['rollingBack', []],
    ['succeeded', []],
    ['rolledBack', ['retry']],
    ['failed', ['retry']],
  ] as const)('while %s is %j', (phase, names) => {
    const allowed = offers(inPhase(phases[phase]), aPolicy()).filter((each) => each.allowed);
    expect(allowed.map(({ name }) => name)).toEqual(names);
  });

  it('names the revision that is stable by now, or that nothing is known of the policy', () => {
    const release = inPhase(phases.rolledBack);
    const retry = (policy: Parameters<typeof offers>[1]) =>
      offers(release, policy).find(({ name }) => name === 'retry')?.why;
    expect(retry(aPolicy({ stable: 'v2' }))).toBe('v2 is stable already');
    expect(retry(null)).toBe('nothing is known of its policy here');
  });

  it('rises no more over a breach on record, and nothing that is only observed', () => {
    const latched = inPhase(phases.baking, { latch: aCause });
    for (const name of ['promote', 'promoteFull'] as const) {
      expect(offer(latched, name)).toMatchObject({
        allowed: false,
        why: expect.stringContaining('a breach is on record'),
      });
      expect(offer(inPhase(phases.baking, { mode: 'observe' }), name).allowed).toBe(false);
    }
    expect(offer(inPhase(phases.watching, { stableRevision: null }), 'abort').allowed).toBe(false);
  });

  it('says what to send: the step that is meant, counted from 1, and all of them', () => {
    const release = inPhase(phases.baking);
    expect(offer(release, 'promote')).toMatchObject({ action: 'promote', body: { step: 1 }, reasonNeeded: false });
    expect(offer(release, 'promoteFull')).toMatchObject({
      action: 'promote',
      body: { full: true },
      reasonNeeded: true,
    });
    expect(offer(release, 'promoteFull').command).toBe('promote app-1 --full --reason TEXT');
  });
});

describe('what is said of an order is what it does:', () => {
  it('pause', async () => {
    const loop = await begun();
    await loop.ticks(4, tickMs);
    const before = await loop.release();
    expect(offer(before, 'pause').does).toContain('the weight stays 25 %, no bake is earned');
    await loop.order('pause', 'lunch');
    const after = await loop.ticks(60, tickMs);
    expect(after.phase).toMatchObject({
      phase: 'baking',
      bakedMs: before.phase.phase === 'baking' ? before.phase.bakedMs : -1,
    });
    expect(await loop.world.weight()).toBe(25);
    expect(offer(after, 'resume').does).toBe('Lifts the pause; it goes on when nothing else objects.');
    expect(offer(after, 'promote').does).toContain('it is held, so only after a resume');
    loop.world.errorRate['v2'] = 0.3;
    await loop.ticks(8, tickMs);
    expect(await loop.world.weight()).toBe(0);
  });

  it('promote', async () => {
    const loop = await begun();
    const before = await loop.ticks(6, tickMs);
    expect(offer(before, 'promote').does).toMatch(
      /^Ends this bake \S+ early: the weight goes to 50 % as soon as nothing else objects/,
    );
    await loop.order('promote');
    await loop.ticks(3, tickMs);
    expect(await loop.world.weight()).toBe(50);
  });

  it('abort', async () => {
    const loop = await begun();
    const before = await loop.ticks(6, tickMs);
    expect(offer(before, 'abort').does).toContain('Takes the weight from 25 % to 0 at once: v1 serves everybody');
    await loop.order('abort', 'no');
    await loop.ticks(1, tickMs);
    expect(await loop.world.weight()).toBe(0);
  });

  it('abort in the watch', async () => {
    const loop = await begun();
    let release = await loop.ticks(66, tickMs);
    for (let n = 0; release.phase.phase !== 'watching' && n < 20; n += 1) release = await loop.ticks(1, tickMs);
    expect(offer(release, 'abort').does).toContain('Makes v1 stable again, for all users');
    await loop.order('abort', 'no');
    release = await loop.ticks(6, tickMs);
    const seen = await loop.world.ports.workload.observe();
    expect(seen.ok && seen.value.serving.stable).toBe('v1');
  });
});
