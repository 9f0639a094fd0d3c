/** What a person says about the rollback of one release: who may, what it changes, and that nothing else is changed by it. */
import { describe, expect, it } from 'vitest';
import { begin } from '../../src/release/begin.ts';
import { annotatedRollback, type OwnRollback } from '../../src/release/own-rollback.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import { storedRelease } from '../../src/release/stored.ts';
import { supersede } from '../../src/release/supersede.ts';
import { value } from '../contract/store.ts';
import { aBeginning } from '../support/a-release.ts';

const own = (change: Partial<OwnRollback> = {}): OwnRollback => ({
  rollback: 'forbidden',
  who: 'eve',
  caller: 'eve',
  reason: 'drops a column',
  ...change,
});

describe('the rollback of one release', () => {
  it('stands in its plan and in its notes; without a word the policy stands', () => {
    const { release, log } = value(begin(aBeginning({ ownRollback: own() })));
    expect(release.plan).toEqual({ ...aBeginning().plan, rollback: 'forbidden' });
    expect(release.notes).toMatchObject([
      { reason: 'OwnRollback', message: expect.stringMatching(/^rollback: forbidden .* by eve: "drops a column"$/) },
    ]);
    expect(log.map(({ reason }) => reason)).toContain('OwnRollback');
    expect(value(begin(aBeginning())).release).toMatchObject({ plan: { rollback: 'auto' }, notes: [] });
  });

  const guarded = { plan: { ...defaultPlan, rollbackBy: ['eve'] } };
  it.each([
    ['without a reason', { ownRollback: own({ reason: ' ' }) }, 'ReasonMissing'],
    ['by another', { ...guarded, ownRollback: own({ caller: 'bob' }) }, 'NotAllowed'],
    [
      'by nobody known, whatever they call themselves',
      { ...guarded, ownRollback: own({ caller: null }) },
      'NotIdentified',
    ],
  ])('is refused %s', (_, change, reason) => {
    expect(begin(aBeginning(change))).toMatchObject({ ok: false, error: { reason } });
  });

  it('is let to whom the policy names, and what the plan says anyway to anybody', () => {
    expect(begin(aBeginning({ ...guarded, ownRollback: own() }))).toMatchObject({ ok: true });
    const same = own({ rollback: 'auto', caller: null, reason: '' });
    expect(value(begin(aBeginning({ ...guarded, ownRollback: same }))).release.notes).toEqual([]);
  });

  it('waits with a release that another one makes way for', () => {
    const { release } = value(begin(aBeginning()));
    const after = supersede(release, { revision: 'v3', rollback: own(), who: 'eve', nowMs: 1 }).release;
    expect(value(storedRelease(JSON.stringify(after), after.id)).successorRollback).toEqual(own());
  });

  it('is said, too, of a successor that was asked for before, and unsaid by nobody who says nothing', () => {
    const before = supersede(value(begin(aBeginning())).release, { revision: 'v3', who: 'a push', nowMs: 1 }).release;
    const said = supersede(before, { revision: 'v3', rollback: own(), who: 'eve', nowMs: 2 });
    expect(said).toMatchObject({ release: { successorRollback: own() }, log: [{ reason: 'SupersedeOrdered' }] });
    expect(supersede(said.release, { revision: 'v3', rollback: own(), who: 'eve', nowMs: 3 }).log).toEqual([]);
    expect(supersede(said.release, { revision: 'v3', who: 'a push', nowMs: 3 }).log).toEqual([]);
  });

  it('is read from an annotation, and an unknown word is no silence', () => {
    expect(annotatedRollback({ rule: 'ask', reason: 'why' }, 'Deployment app')).toMatchObject({
      ok: true,
      value: { rollback: 'ask', caller: null, reason: 'why' },
    });
    expect(annotatedRollback({ rule: 'never', reason: '' }, 'Deployment app')).toMatchObject({
      error: { message: expect.stringContaining('not one of auto, ask, forbidden') },
    });
  });
});
