/** Did a release harm users, by plain arithmetic over all that was seen? What the judge's answers are held against. */
import type { Counts } from '../../metrics/reading.ts';
import { noCounts } from '../../metrics/reading.ts';
import type { Rule } from '../../rules/rule.ts';
import { addCounts } from '../../verdict/counts.ts';
import { sumOf, type TollPoint } from './toll.ts';

/** Chance alone: three sigma over the whole, five over any of its many parts. */
const sigmasOverall = 3;
const sigmasInPart = 5;
const leastBad = 5;
const partMs = 300_000;

/** Clearly above the limit, and clearly above `ratio` times what stable did in the same time. */
export function isHarmful(points: readonly TollPoint[], rule: Rule): boolean {
  const limit = limitOf(rule);
  if (limit === null) return false;
  const isBad = (both: Both, sigmas: number): boolean => isAbove(both, { limit, ratio: rule.ratio, sigmas });
  const whole = { canary: sumOf(points, 'canary'), stable: sumOf(points, 'stable') };
  return isBad(whole, sigmasOverall) || partsOf(points).some((part) => isBad(part, sigmasInPart));
}

/** The highest share of bad events that is healthy; null: the rule counts none. */
export function limitOf({ sli, threshold }: Rule): number | null {
  if (sli.kind === 'latency') return 1 - sli.quantile;
  return sli.kind === 'ratio' && threshold.kind === 'ratio-above' ? threshold.ratio : null;
}

interface Both {
  readonly canary: Counts;
  readonly stable: Counts;
}

interface Bar {
  readonly limit: number;
  readonly ratio: number;
  readonly sigmas: number;
}

function isAbove({ canary, stable }: Both, { limit, ratio, sigmas }: Bar): boolean {
  if (canary.bad < leastBad) return false;
  const atLeast = (canary.bad - sigmas * Math.sqrt(canary.bad)) / canary.events;
  const usual = stable.events === 0 ? 0 : (ratio * (stable.bad + Math.sqrt(stable.bad))) / stable.events;
  return atLeast > limit && atLeast > usual;
}

function partsOf(points: readonly TollPoint[]): readonly Both[] {
  const parts = Map.groupBy(points, ({ atMs }) => Math.floor(atMs / partMs));
  return [...parts.values()].map((part) =>
    part.reduce<Both>(
      (sum, { canary, stable }) => ({ canary: addCounts(sum.canary, canary), stable: addCounts(sum.stable, stable) }),
      { canary: noCounts, stable: noCounts },
    ),
  );
}
