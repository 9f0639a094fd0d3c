import { describe, expect, it } from 'vitest';
import { adoptStable } from '../../src/release/adopt-stable.ts';
import { policyAfter, retry } from '../../src/release/policy-state.ts';
import { storedPolicy } from '../../src/release/stored.ts';
import { aPolicy, aRelease, startMs } from '../support/a-release.ts';
import { command } from '../support/control-room.ts';

const revisions = { v1: command('one'), v2: command('two'), v3: command('three') };
const state = aPolicy({ stable: 'v3', previous: 'v2', revisions });
const by = { who: 'ada', reason: 'v3 loses orders', atMs: startMs };

describe('a revision that a person makes stable', () => {
  it('takes the place of the one that was, which is not delivered again by itself', () => {
    const set = adoptStable(state, { ...by, revision: 'v1' });
    expect(set).toMatchObject({
      ok: true,
      value: {
        stable: 'v1',
        previous: 'v3',
        frozen: ['v3'],
        adopted: { revision: 'v1', formers: ['v3'], who: 'ada', reason: 'v3 loses orders', atMs: startMs },
      },
    });
    if (!set.ok) return;
    expect(storedPolicy(JSON.stringify(set.value), 'app')).toEqual(set);
    expect(storedPolicy(JSON.stringify(state), 'app')).toEqual({ ok: true, value: state });
    const succeeded = aRelease({ revision: 'v3', phase: { phase: 'succeeded', endedAtMs: startMs } });
    expect(retry(set.value, succeeded)).toMatchObject({ ok: true, value: { frozen: [] } });
    expect(retry(state, succeeded)).toMatchObject({ ok: false, error: { reason: 'NotRetryable' } });
  });

  it('was taken back or set aside before: a person may mean it all the same', () => {
    const there = adoptStable({ ...state, frozen: ['v2'] }, { ...by, revision: 'v2' });
    expect(there).toMatchObject({ ok: true, value: { stable: 'v2', frozen: ['v3'] } });
    const back = there.ok ? adoptStable(there.value, { ...by, revision: 'v3' }) : there;
    expect(back).toMatchObject({
      ok: true,
      value: { stable: 'v3', previous: 'v2', frozen: ['v2'], adopted: { revision: 'v3', formers: ['v2'] } },
    });
  });

  it('knows all whose pods may run when minds change faster than pods start', () => {
    const first = adoptStable(state, { ...by, revision: 'v1' });
    const second = first.ok ? adoptStable(first.value, { ...by, revision: 'v2' }) : first;
    expect(second.ok && second.value.adopted?.formers).toEqual(['v1', 'v3']);
  });

  it('is stable already: nothing changes', () => {
    const same = adoptStable(state, { ...by, revision: 'v3' });
    expect(same.ok && same.value).toBe(state);
  });

  it('is nothing that anybody knows, or there is none yet', () => {
    expect(adoptStable(state, { ...by, revision: 'v9' })).toMatchObject({ error: { reason: 'RevisionUnknown' } });
    expect(adoptStable(aPolicy({ stable: null }), { ...by, revision: 'v1' })).toMatchObject({
      error: { reason: 'NotYetServed' },
    });
  });

  it('makes way for the release that comes next as any stable does', () => {
    const set = adoptStable(state, { ...by, revision: 'v1' });
    const watching = aRelease({ revision: 'v4', stableRevision: 'v1', phase: { phase: 'watching', watchedMs: 0 } });
    expect(set.ok && policyAfter(set.value, watching)).toMatchObject({ stable: 'v4', previous: 'v1' });
  });
});
