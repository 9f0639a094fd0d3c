/** The rule book of a split under any order of calls, some of them late: what no order may bring about (S3, S4, S5, S9, S12). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyRoute, isReady, type Route, versionOf } from '../../src/router/route.ts';
import { pointed, restamped, written } from '../../src/router/route-changes.ts';
import type { WeightWrite } from '../../src/router/router.ts';

/** A call as somebody made it up from what they had read `behind` changes ago. */
type Step =
  | ({ readonly kind: 'write'; readonly behind: number; readonly quotes: boolean } & Omit<WeightWrite, 'ifVersion'>)
  | {
      readonly kind: 'point';
      readonly backend: 'canary' | 'stable';
      readonly revision: string;
      readonly endpoints: readonly string[];
      readonly epoch: number;
    }
  | { readonly kind: 'settle'; readonly epoch: number };

const epoch = fc.integer({ min: 1, max: 3 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        behind: fc.integer({ min: 0, max: 2 }),
        quotes: fc.boolean(),
        release: fc.constantFrom('a', 'b'),
        epoch,
        canary: fc.constantFrom(0, 25, 50, 100),
        latch: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('point' as const),
        backend: fc.constantFrom('canary' as const, 'stable' as const),
        revision: fc.constantFrom('v1', 'v2'),
        endpoints: fc.constantFrom<readonly string[]>([], ['http://one'], ['http://two']),
        epoch,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const), epoch }) },
  ),
  { maxLength: 40 },
);

const ready: Route = {
  ...emptyRoute(1),
  targets: {
    canary: { revision: 'v1', endpoints: ['http://one'] },
    stable: { revision: 'v0', endpoints: ['http://zero'] },
  },
};

interface Change {
  readonly before: Route;
  readonly after: Route;
  readonly step: Step;
  /** Version that a write quoted. */
  readonly quoted: string | null;
}

/** Plays the steps and answers the changes that were accepted. */
function play(played: readonly Step[]): readonly Change[] {
  const versions = [versionOf(ready)];
  const changes: Change[] = [];
  let before = ready;
  for (const step of played) {
    const quoted = step.kind === 'write' && step.quotes ? (versions.at(-1 - step.behind) ?? null) : null;
    const result = apply(before, step, quoted);
    if (!result.ok) continue;
    changes.push({ before, after: result.value, step, quoted });
    before = result.value;
    versions.push(versionOf(before));
  }
  return changes;
}

function apply(route: Route, step: Step, ifVersion: string | null) {
  if (step.kind === 'settle') return restamped(route, step.epoch);
  if (step.kind === 'point') return pointed(route, step);
  const { release, epoch: by, canary, latch } = step;
  return written(route, { release, epoch: by, canary, ifVersion, latch });
}

const holds = (property: (change: Change) => void) => {
  fc.assert(
    fc.property(steps, (played) => play(played).forEach(property)),
    { numRuns: 1_000 },
  );
};

test('the weight rises only on the present version, and never for a latched release', () => {
  holds(({ before, after, step, quoted }) => {
    if (after.canary <= before.canary) return;
    expect(quoted).toBe(versionOf(before));
    expect(step.kind === 'write' && before.latched.includes(step.release)).toBe(false);
    expect(after.targets.canary.endpoints).not.toEqual([]);
  });
});

test('the epoch never falls', () => {
  holds(({ before, after, step }) => {
    expect(step.epoch).toBeGreaterThanOrEqual(before.epoch);
    expect(after.epoch).toBe(step.epoch);
  });
});

test('no backend with traffic is without endpoints', () => {
  holds(({ after: { canary, targets } }) => {
    if (canary > 0) expect(isReady(targets.canary)).toBe(true);
    if (canary < 100) expect(isReady(targets.stable)).toBe(true);
  });
});

test('a canary with traffic keeps its revision, and another release can only take traffic from it, on what it read', () => {
  holds(({ before, after, quoted }) => {
    if (before.canary === 0) return;
    if (after.canary > 0) expect(after.targets.canary.revision).toBe(before.targets.canary.revision);
    if (after.release === before.release) return;
    expect(after.canary).toBeLessThan(before.canary);
    expect(quoted).toBe(versionOf(before));
  });
});

test('a latch is never lost', () => {
  holds(({ before, after }) => expect(after.latched).toEqual(expect.arrayContaining([...before.latched])));
});

test('a decrease of the owning release, of the present epoch, is accepted however late, while stable can take it', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (played, latch) => {
      const route = play(played).at(-1)?.after ?? ready;
      const release = route.release ?? 'a';
      const lowered = written(route, { release, epoch: route.epoch, canary: 0, ifVersion: null, latch });
      expect(lowered.ok).toBe(isReady(route.targets.stable) || route.canary === 0);
    }),
    { numRuns: 1_000 },
  );
});

test('what the weight is already can be said again, with the latch, though nothing is there to serve it', () => {
  const again = { release: 'a', epoch: 1, canary: 0, ifVersion: null, latch: true };
  expect(written(emptyRoute(1), again)).toMatchObject({ ok: true, value: { latched: ['a'] } });
});

test('a change that was accepted gives a version that was not there before, but for a repetition', () => {
  fc.assert(
    fc.property(steps, (played) => {
      const real = play(played).filter(({ before, after }) => before.serial !== after.serial);
      expect(new Set(real.map(({ after }) => versionOf(after))).size).toBe(real.length);
    }),
  );
});
