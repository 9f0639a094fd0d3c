/** A release that waits for people before its first traffic: in preparation, for as long as it takes, through a restart. */
import { describe, expect, it } from 'vitest';
import { approve, demanded } from '../../src/release/approval.ts';
import { minutes } from '../support/interventions.ts';
import { productionRules } from '../support/memory-world.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();
const approvals = demanded([{ name: 'security', by: ['eve'], expiresMs: minutes(10) }]);

const waitingLoop = async (): Promise<SteppedLoop> => {
  const loop = await new SteppedLoop(rules).begin();
  await loop.change((release) => ({ ...release, approvals }));
  return loop;
};

const say = (loop: SteppedLoop, kind: 'approve' | 'revoke', atMs: number): Promise<void> =>
  loop.change((release) => {
    const word = { kind, approval: 'security', who: 'eve', caller: 'eve', reason: '', atMs };
    const changed = approve(release, word);
    if (!changed.ok) throw new Error(changed.error.message);
    return changed.value.release;
  });

describe('a release whose policy wants an approval', () => {
  it('waits in preparation, ready, without that time being counted, and rises when it is given', async () => {
    const loop = await waitingLoop();
    const held = await loop.ticks(60, 10_000);
    expect(held).toMatchObject({
      phase: { phase: 'preparing' },
      waiting: { reason: 'ApprovalPending', message: expect.stringContaining('security (by eve)') },
    });
    expect(held.countedMs).toBeLessThan(60_000);
    expect(await loop.world.weight()).toBe(0);
    await say(loop, 'approve', held.updatedAtMs);
    expect(await loop.ticks(3, 1_000)).toMatchObject({ phase: { phase: expect.not.stringContaining('preparing') } });
    expect(await loop.world.weight()).toBe(25);
  });

  it('goes on waiting when the word was taken back in time, and when it expired before it was of use', async () => {
    const loop = await waitingLoop();
    const { startedAtMs } = await loop.release();
    await say(loop, 'approve', startedAtMs);
    await say(loop, 'revoke', startedAtMs);
    expect((await loop.ticks(3, 1_000)).waiting?.reason).toBe('ApprovalPending');
    await say(loop, 'approve', startedAtMs - minutes(11));
    const late = await loop.ticks(3, 1_000);
    expect(late.waiting?.message).toContain('that of eve expired at');
    expect(await loop.world.weight()).toBe(0);
  });

  it('still waits after another controller took over', async () => {
    const loop = await waitingLoop();
    await loop.ticks(3, 1_000);
    await loop.restart(minutes(5));
    expect((await loop.ticks(3, 1_000)).waiting?.reason).toBe('ApprovalPending');
    expect(await loop.world.weight()).toBe(0);
  });
});
