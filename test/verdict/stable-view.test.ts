/** What the judge remembers of stable, by its traffic and by its probes. */
import { describe, expect, test } from 'vitest';
import type { JudgeContext } from '../../src/verdict/context.ts';
import { lookAtStable, type StableView, stableHasTraffic, unseenStable } from '../../src/verdict/stable-view.ts';
import { atStep, counts } from './a-rule.ts';

const fine = counts(9_000, 3);
const broken = counts(9_000, 300);
const none = counts(0);

const look = (view: StableView, seen: typeof fine, context: Partial<JudgeContext> = {}, atMs = 1_000): StableView =>
  lookAtStable(view, { atMs, counts: seen, limit: 0.001, context: atStep(context) });

test('nothing is known of stable before the first look', () => {
  expect(unseenStable).toEqual({ insideSinceMs: null, outsideSinceMs: null, baseline: null });
});

describe('stable has traffic', () => {
  test.each([
    ['while it is split', fine, {}, true],
    ['before the first rise', fine, { split: false, raisedAtMs: null }, true],
    ['not once all of it went to the canary', fine, { split: false, raisedAtMs: 0 }, false],
    ['not without a request', none, {}, false],
    ['not without a request before the first rise', none, { split: false, raisedAtMs: null }, false],
  ])('%s', (_what, seen, context, has) => expect(stableHasTraffic(seen, atStep(context))).toBe(has));
});

describe('a look', () => {
  const idle = { split: false, weight: 100, raisedAtMs: 0 };

  test.each([
    ['requests inside the limit', fine, {}, { insideSinceMs: 1_000, outsideSinceMs: null, baseline: 'inside' }],
    ['requests outside the limit', broken, {}, { insideSinceMs: null, outsideSinceMs: 1_000, baseline: 'outside' }],
    ['no requests while it is split', none, {}, unseenStable],
    [
      'requests before the first rise are no baseline',
      fine,
      { split: false, raisedAtMs: null },
      { ...unseenStable, insideSinceMs: 1_000 },
    ],
    ['idle, probes pass', fine, { ...idle, stableProbes: 'pass' as const }, { ...unseenStable, insideSinceMs: 1_000 }],
    ['idle, probes fail', fine, { ...idle, stableProbes: 'fail' as const }, { ...unseenStable, outsideSinceMs: 1_000 }],
    ['idle, pods are gone', fine, { ...idle, stableProbes: 'gone' as const }, unseenStable],
    ['no requests while it is split, whatever the probes say', none, { stableProbes: 'fail' as const }, unseenStable],
  ])('%s', (_what, seen, context, view) => expect(look(unseenStable, seen, context)).toEqual(view));

  test('the first moment is kept, until it changes sides', () => {
    const inside = look(look(unseenStable, fine), fine, {}, 2_000);
    expect(inside).toEqual({ insideSinceMs: 1_000, outsideSinceMs: null, baseline: 'inside' });
    const outside = look(look(inside, broken, {}, 3_000), broken, {}, 4_000);
    expect(outside).toEqual({ insideSinceMs: null, outsideSinceMs: 3_000, baseline: 'outside' });
    expect(look(outside, fine, {}, 5_000)).toEqual({ insideSinceMs: 5_000, outsideSinceMs: null, baseline: 'inside' });
  });

  test('the baseline outlasts the split, and a moment without requests', () => {
    const before = look(unseenStable, fine);
    expect(look(before, broken, { ...idle, stableProbes: 'fail' }, 2_000).baseline).toBe('inside');
    expect(look(before, none, {}, 2_000)).toEqual({ insideSinceMs: null, outsideSinceMs: null, baseline: 'inside' });
    expect(look(look(unseenStable, broken), none, { ...idle, stableProbes: 'pass' }, 2_000)).toEqual({
      insideSinceMs: 2_000,
      outsideSinceMs: null,
      baseline: 'outside',
    });
  });
});
