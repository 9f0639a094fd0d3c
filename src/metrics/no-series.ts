/** Saying what was looked for in vain, so that a person finds the wrong label without opening Prometheus. */
import { renderSelector } from '../rules/promql.ts';
import type { Selector } from '../rules/sli.ts';
import { type Arm, armExists, armOf, armsFor, seriesTest } from './matching.ts';
import { toleratedAheadMs } from './present.ts';
import type { WhyNothing } from './reading.ts';
import type { ArmMatch, Arms, Series } from './series.ts';

export interface Searched {
  readonly selector: Selector;
  readonly series: readonly Series[];
  readonly arms: Arms;
  readonly source: string;
  /** See `Present`. */
  readonly aheadMs: number;
}

export function noSeries({ selector, series, arms, source, aheadMs }: Searched): WhyNothing {
  if (aheadMs > 0)
    return {
      reason: 'Stale',
      message: `samples of ${source} are ${Math.round(aheadMs / 1000)} s ahead of this machine's clock (at most ${toleratedAheadMs / 1000} s is tolerated); compare the clocks`,
    };
  const { canary } = armsFor(arms, selector.metric);
  if (!armExists(canary))
    return { reason: 'NoSeries', message: `the canary has no instance to look for in ${selector.metric}` };
  const found = series.filter(seriesTest(selector)).map((each) => armOf(arms, each));
  const matched = (arm: Arm | null): number => found.filter((each) => each === arm).length;
  const unassigned = matched(null);
  const others = unassigned === 0 ? '' : `, and ${unassigned} belong to neither`;
  return {
    reason: 'NoSeries',
    message: `0 series of ${source} match ${textOf(selector, canary)}; the stable selector matches ${matched('stable')}${others}`,
  };
}

/** What is not there is looked for in vain at each look. */
const knownTexts = new WeakMap<Selector, { readonly canary: ArmMatch; readonly text: string }>();

function textOf(selector: Selector, canary: ArmMatch): string {
  const known = knownTexts.get(selector);
  if (known?.canary === canary) return known.text;
  const text = renderSelector(selector, canary);
  knownTexts.set(selector, { canary, text });
  return text;
}
