/** What a policy remembers of revisions stays small for ever, and what is forgotten allows nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { begin } from '../../src/release/begin.ts';
import { freezeOf, mostFrozen, withFrozen } from '../../src/release/frozen-revisions.ts';
import { mostKept } from '../../src/release/history-bound.ts';
import {
  isCrowded,
  mostChars,
  mostRevisions,
  withoutForgotten,
  withRevision,
} from '../../src/release/known-revisions.ts';
import { policyAfter, retry } from '../../src/release/policy-state.ts';
import type { Release } from '../../src/release/release.ts';
import type { PolicyState } from '../../src/release/store.ts';
import { value } from '../contract/store.ts';
import { aBeginning, aPolicy, inPhase, phases } from '../support/a-release.ts';

const names = (count: number, prefix = 'bad'): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

const failing = (state: PolicyState, revision: string): PolicyState =>
  policyAfter(state, { ...inPhase(phases.rolledBack), revision });

describe('revisions that failed', () => {
  it('are refused for ever, however many there are, in room that grows no more', () => {
    const many = names(5_000);
    const state = many.reduce(failing, aPolicy());
    expect(state.frozen).toEqual(many.slice(-mostFrozen));
    expect(many.filter((revision) => freezeOf(state, revision) === 'no')).toEqual([]);
    const size = JSON.stringify(state).length;
    expect(size).toBeLessThan(20_000);
    expect(JSON.stringify(names(1_000, 'bar').reduce(failing, state)).length).toBe(size - mostFrozen);
  });

  it('of releases that are kept are all known by their names', () => {
    const kept = names(mostKept);
    expect(kept.filter((name) => freezeOf(kept.reduce(failing, aPolicy()), name) !== 'yes')).toEqual([]);
  });

  it('long ago are refused with a way out; nearly no other name is taken for one of them', () => {
    const state = names(1_000 + mostFrozen).reduce(failing, aPolicy());
    const refused = begin(aBeginning({ state, revision: 'bad-0' }));
    expect(refused).toMatchObject({ ok: false, error: { reason: 'RevisionFrozen' } });
    expect(!refused.ok && refused.error.message).toContain('under another name');
    expect(names(1_000, 'new').filter((revision) => freezeOf(state, revision) !== 'no').length).toBeLessThanOrEqual(1);
    expect(begin(aBeginning({ state, revision: 'new-0' })).ok).toBe(true);
  });

  it('are the same after any order of failing and retrying, but for those that were retried', () => {
    const step = fc.record({
      revision: fc.integer({ min: 0, max: 700 }),
      act: fc.constantFrom('fail', 'fail', 'retry'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 1_500, minLength: 400 }), (steps) => {
        let state = aPolicy();
        const frozen = new Set<string>();
        for (const { act, revision: n } of steps) {
          const revision = `r${n}`;
          if (act === 'fail') {
            state = failing(state, revision);
            frozen.add(revision);
            continue;
          }
          state = value(retry(state, { ...inPhase(phases.rolledBack), revision }));
          frozen.delete(revision);
        }
        expect([...frozen].filter((revision) => freezeOf(state, revision) === 'no')).toEqual([]);
        expect(state.frozen.length).toBeLessThanOrEqual(mostFrozen);
      }),
      { numRuns: 20 },
    );
  });

  it('whose filter was damaged might be any', () => {
    const { frozen, frozenBefore = '' } = names(400).reduce(failing, aPolicy());
    expect(freezeOf({ frozen, frozenBefore: frozenBefore.slice(0, 400) }, 'new-0')).toBe('perhaps');
  });

  it('folding one in that is there already changes nothing', () => {
    const state = aPolicy({ frozen: ['v2'] });
    expect(withFrozen(state, 'v2')).toBe(state);
  });
});

describe('what revisions are made of', () => {
  const { spec } = aBeginning();
  const kept = 100;

  it('is remembered of as many as releases need, and of every one that a release, stable or the way back name', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 900, maxLength: 1_200 }), (started) => {
        let state = aPolicy({ revisions: { v1: spec } });
        const releases: Pick<Release, 'phase' | 'revision' | 'stableRevision' | 'supersededBy'>[] = [];
        for (const [at, n] of started.entries()) {
          const revision = `r${n}`;
          const tidy = isCrowded(state) ? withoutForgotten(state, releases.slice(-kept)) : state;
          state = withRevision(tidy, revision, spec);
          releases.push({ phase: phases.succeeded, revision, stableRevision: state.stable, supersededBy: null });
          if (at % 3 === 0) state = { ...state, stable: revision, previous: state.stable };
          const needed = [state.stable, state.previous, ...releases.slice(-kept).map((each) => each.revision)];
          expect(needed.filter((name) => name !== null && state.revisions[name] === undefined)).toEqual([]);
          expect(Object.keys(state.revisions).length).toBeLessThanOrEqual(mostRevisions + 1);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('fits into one object of a cluster, however large templates are: the oldest releases lose theirs first', () => {
    const large = { ...spec, env: { TEMPLATE: 'x'.repeat(20_000) } };
    const all = names(100, 'r').toReversed();
    const ended = all.map((revision) => inPhase(phases.succeeded, { revision, stableRevision: null }));
    const oldest = inPhase(phases.shifting, { revision: 'r-0', stableRevision: 'r-1' });
    const revisions = Object.fromEntries(all.map((name) => [name, large]));
    const adopted = { revision: 'r-5', formers: ['r-3'], who: 'ada', reason: '', atMs: 0 };
    const crowded = aPolicy({ stable: 'r-5', previous: 'r-4', adopted, revisions });
    expect([isCrowded(aPolicy({ revisions: { v1: large } })), isCrowded(crowded)]).toEqual([false, true]);
    const kept = withoutForgotten(crowded, [...ended, oldest]);
    expect(JSON.stringify(kept.revisions).length).toBeLessThan(mostChars);
    expect(isCrowded(kept)).toBe(false);
    expect(Object.keys(kept.revisions)).toEqual([...all.slice(0, 9), ...['r-5', 'r-4', 'r-3', 'r-1', 'r-0']]);
  });

  it('forgotten of a revision that failed lets nobody start it anew', () => {
    const state = withoutForgotten(failing(aPolicy({ revisions: { v1: spec, v2: spec } }), 'v2'), []);
    expect(Object.keys(state.revisions)).toEqual(['v1']);
    expect(begin(aBeginning({ state, revision: 'v2' }))).toMatchObject({ error: { reason: 'RevisionFrozen' } });
  });
});
