/** People's words before the first traffic: who may give them, for what, how long they count. */
import { describe, expect, it } from 'vitest';
import { type ApprovalWord, approve, demanded, missingApprovals } from '../../src/release/approval.ts';
import type { Release } from '../../src/release/release.ts';
import { afterSetBack } from '../../src/release/set-back.ts';
import { storedRelease } from '../../src/release/stored.ts';
import { aRelease, inPhase, phases, startMs } from '../support/a-release.ts';
import { minutes } from '../support/interventions.ts';

const approvals = demanded([
  { name: 'security', by: ['eve', 'bob'], expiresMs: minutes(60) },
  { name: 'product', by: [], expiresMs: null },
]);
const preparing = aRelease({ approvals });
const waiting = { reason: 'ApprovalPending', message: 'Waits.', rule: null, atMs: startMs, data: {} };

const word = (given: Partial<ApprovalWord> = {}): ApprovalWord => ({
  kind: 'approve',
  approval: 'security',
  who: 'eve',
  caller: 'eve',
  reason: '',
  atMs: startMs,
  ...given,
});

const after = (release: Release, given: Partial<ApprovalWord> = {}): Release => {
  const changed = approve(release, word(given));
  if (!changed.ok) throw new Error(changed.error.message);
  return changed.value.release;
};

const product = { approval: 'product', who: 'somebody', caller: null } as const;

describe('approvals', () => {
  it('are missing until each was given, and count for nothing behind the first traffic', () => {
    expect(missingApprovals(preparing, startMs)).toEqual(['security (by eve or bob)', 'product']);
    const one = after(preparing);
    expect(missingApprovals(one, startMs)).toEqual(['product']);
    expect(missingApprovals(after(one, product), startMs)).toEqual([]);
    expect(missingApprovals(inPhase(phases.shifting, { approvals }), startMs)).toEqual([]);
  });

  it('are recorded with who, when and why', () => {
    const changed = approve(preparing, word({ reason: 'pen test passed' }));
    expect(changed).toMatchObject({
      value: {
        release: {
          approvals: [{ name: 'security', given: { who: 'eve', reason: 'pen test passed', atMs: startMs } }, {}],
        },
        log: [
          {
            kind: 'action',
            reason: 'Approved',
            message: 'eve: approved security, "pen test passed"; it counts for 1h',
            data: { who: 'eve', approval: 'security' },
          },
        ],
      },
    });
  });

  it('are given once, however often it is said, and by others only when they have expired', () => {
    const once = after(preparing);
    expect(approve(once, word({ who: 'bob', caller: 'bob', atMs: startMs + minutes(59) }))).toEqual({
      ok: true,
      value: { release: once, log: [] },
    });
    expect(missingApprovals(once, startMs + minutes(59))).toEqual(['product']);
    expect(missingApprovals(once, startMs + minutes(60))).toEqual([
      'security (by eve or bob; that of eve expired at 13:00:00Z)',
      'product',
    ]);
    const again = after(once, { who: 'bob', caller: 'bob', atMs: startMs + minutes(60) });
    expect(again.approvals[0]?.given).toMatchObject({ who: 'bob' });
  });

  it('are taken back, until they are used', () => {
    const taken = after(after(preparing), { kind: 'revoke', who: 'bob', caller: 'bob' });
    expect(taken.approvals[0]?.given).toBeNull();
    expect(approve(preparing, word({ kind: 'revoke' }))).toMatchObject({ error: { reason: 'NotApproved' } });
    const used = { ...after(preparing), phase: phases.shifting };
    expect(approve(used, word({ kind: 'revoke' }))).toMatchObject({ error: { reason: 'ApprovalUsed' } });
    for (const late of [word(), word(product)])
      expect(approve(used, late)).toMatchObject({
        error: { reason: 'ApprovalUsed', message: expect.stringContaining('until its first traffic') },
      });
  });

  it.each([
    [{ approval: 'legal' }, 'UnknownApproval', /wants security, product$/],
    [{ caller: null }, 'NotIdentified', /token file with a line `NAME TOKEN`/],
    [{ who: 'mallory', caller: 'mallory' }, 'NotAllowed', /by eve or bob, not by mallory/],
  ] as const)('are refused: %o', (given, reason, message) => {
    expect(approve(preparing, word(given))).toMatchObject({
      error: { reason, message: expect.stringMatching(message), retryable: false },
    });
  });

  it('of a policy that wants none are refused', () => {
    expect(approve(aRelease(), word())).toMatchObject({ error: { message: expect.stringContaining('wants none') } });
  });

  it('that were given are waited for no more', () => {
    const one = after({ ...preparing, waiting });
    expect(one.waiting).toEqual(waiting);
    expect(after(one, product).waiting).toBeNull();
  });

  it('go back with a wall clock that is set back, and do not count for longer', () => {
    const given = after({ ...preparing, updatedAtMs: startMs });
    const set = afterSetBack(given, { nowMs: startMs - minutes(30), elapsedMs: 0 }).release;
    expect(set.approvals[0]?.given?.atMs).toBe(startMs - minutes(30));
  });

  it('of a record from before there were any are none', () => {
    const { approvals: _none, ...old } = aRelease();
    expect(storedRelease(JSON.stringify(old), 'app-1')).toMatchObject({ value: { approvals: [] } });
  });
});
