import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/release/plan.ts';
import { smallSteps, stepSize } from '../../src/release/step-size.ts';

const step = (weight: number, replicas: Step['replicas'] = null): Step => ({ weight, bakeMs: 0, replicas });
const weights = fc.integer({ min: 1, max: 100 });
const sizes = fc.integer({ min: 1, max: 1_000 });

describe("a step's size", () => {
  it.each([
    ['a number', step(25, 4), 4, 4],
    ['half of stable', step(50, { percentOfStable: 50 }), 5, 3],
    ['more than stable', step(50, { percentOfStable: 150 }), 4, 6],
    ['nothing: what the weight needs', step(25), 4, 1],
    ['nothing, of a stable that is no multiple', step(25), 5, 2],
    ['nothing, at 100 %: as stable', step(100), 7, 7],
    ['nothing, of little traffic: one', step(1), 4, 1],
  ] as const)('is what the plan says: %s', (_what, of, stable, size) => {
    expect(stepSize(of, stable)).toBe(size);
  });

  it('of a plan that says nothing carries its weight, with no instance to spare', () => {
    fc.assert(
      fc.property(weights, sizes, (weight, stable) => {
        const size = stepSize(step(weight), stable);
        expect(size * 100).toBeGreaterThanOrEqual(stable * weight);
        expect(size === 1 || (size - 1) * 100 < stable * weight).toBe(true);
        expect(smallSteps({ steps: [step(weight)] }, stable)).toEqual([]);
      }),
    );
  });

  it('is too small exactly where an instance would get more than one of stable does', () => {
    fc.assert(
      fc.property(weights, sizes, sizes, (weight, stable, replicas) => {
        const small = smallSteps({ steps: [step(weight, replicas)] }, stable);
        expect(small.length > 0).toBe(replicas * 100 < stable * weight);
        expect(smallSteps({ steps: [{ ...step(weight, replicas), tooFew: 'accepted' }] }, stable)).toEqual([]);
      }),
    );
  });

  it('that is too small is told with both numbers', () => {
    const steps = [step(25, 4), step(50, { percentOfStable: 25 }), step(100, 3)];
    expect(smallSteps({ steps }, 4)).toEqual([
      {
        step: 1,
        message: expect.stringContaining('replicas 25%: 1 instance is too few for 50 % of the traffic: that needs 2'),
      },
      {
        step: 2,
        message: expect.stringContaining('replicas: 3 instances are too few for 100 % of the traffic: that needs 4'),
      },
    ]);
  });
});
