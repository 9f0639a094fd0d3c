/** Weights deduced from shares: wobbling rates are no raise, steps of the plan are recognised, other shares are taken as seen. */
import { describe, expect, it } from 'vitest';
import { weightsFrom } from '../../../src/tuning/backtest/weights.ts';

const stepMs = 60_000;
const weights = (...shares: readonly number[]) =>
  weightsFrom(
    shares.map((share, at) => ({ atMs: at * stepMs, share: share / 100, requests: 10_000 })),
    { startMs: 0, stepMs, steps: [25, 50, 100] },
  ).map(({ percent, told, fromMs }) => [percent, told, fromMs / stepMs]);

describe('the weights of a past release', () => {
  it('are the steps of the plan, however the rates wobble', () => {
    expect(weights(25, 22.5, 27, 25, 48, 53, 47, 50, 99.7, 100)).toEqual([
      [25, 'plan', 0],
      [50, 'plan', 3],
      [100, 'plan', 7],
    ]);
  });

  it('begin where the share was on its way to them', () => {
    expect(weights(25, 25, 37, 50, 50)).toEqual([
      [25, 'plan', 0],
      [50, 'plan', 1],
    ]);
  });

  it('are taken as seen where they are no step', () => {
    expect(weights(10, 11, 9, 10)).toEqual([[10, 'seen', 0]]);
  });
});
