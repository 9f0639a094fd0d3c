/**
 * Mode observe never saw the instances that exist, so it judged nothing; it took a driver's own steps for a fight over the
 * weight and, after its own restart, a lowered one for a lost rollback; and between releases it put the weight to 0.
 */
import { expect, it } from 'vitest';
import { nextAction } from '../../src/reconcile/next-action.ts';
import { begin } from '../../src/release/begin.ts';
import { observe } from '../../src/release/observe.ts';
import type { Release } from '../../src/release/release.ts';
import { aBeginning, inPhase, phases, startMs } from '../support/a-release.ts';
import { aRevision, aRoute, aWorkload } from '../support/a-world.ts';

const spec = { kind: 'endpoints', urls: ['http://10.0.0.7:80'], healthPath: null } as const;

const observed = inPhase(phases.preparing, { mode: 'observe', size: { baseline: 1, fixed: true } });

it('probes instances that exist, and does nothing else', () => {
  const unknown = { route: aRoute({ canary: 0 }), workload: aWorkload({ revisions: [aRevision('v1', 4)] }) };
  expect(nextAction(observed, unknown)).toEqual({ kind: 'scale', revision: 'v2', replicas: 1 });
  const known = { route: aRoute({ canary: 40 }), workload: aWorkload({ revisions: [aRevision('v2', 1)] }) };
  expect(nextAction(observed, known)).toBeNull();
});

it('starts nothing: a revision that is a command is refused', () => {
  expect(begin(aBeginning({ mode: 'observe' }))).toMatchObject({ ok: false, error: { reason: 'ObservesOnly' } });
  expect(begin(aBeginning({ mode: 'observe', spec }))).toMatchObject({ ok: true });
});

it('follows whoever drives, up and down, over its own restart, without taking it for a fight', () => {
  const weights = [10, 25, 50, 100, 30, 0];
  const seen = weights.reduce<Release>((release, canary, epoch) => {
    const { release: next, log } = observe(release, {
      nowMs: startMs,
      epoch,
      route: aRoute({ canary }),
      workload: aWorkload(),
    });
    expect(log).toMatchObject([{ reason: 'WeightFollowed' }]);
    expect(next.weight).toMatchObject({ desired: canary, applied: canary, contested: 0, ceiling: null });
    return next;
  }, observed);
  expect(seen.latch).toBeNull();
});
