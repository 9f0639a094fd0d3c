/** Which series a selector means, and which arm a series belongs to: by exact values, evaluated here and not by the source. */
import type { Matcher, Selector } from '../rules/sli.ts';
import type { ArmMatch, ArmPair, Arms, Labels, Series } from './series.ts';

export type Arm = 'canary' | 'stable';

type Test = (labels: Labels) => boolean;

/** Prometheus anchors its regular expressions, and `.` means every character. */
const anchored = (value: string): RegExp => new RegExp(`^(?:${value})$`, 's');

const testOf = ({ label, op, value }: Matcher): Test => {
  const pattern = op === '=~' || op === '!~' ? anchored(value) : null;
  const wanted = op === '=' || op === '=~';
  return (labels) => {
    const found = labels[label] ?? '';
    return (pattern === null ? found === value : pattern.test(found)) === wanted;
  };
};

type SeriesTest = (series: Series) => boolean;

/** A selector lives as long as its rule, and is asked at each look. */
const knownTests = new WeakMap<Selector, SeriesTest>();

/** An absent label is an empty one, as in PromQL. Throws SyntaxError for a pattern that JavaScript cannot read. */
export function seriesTest(selector: Selector): SeriesTest {
  const known = knownTests.get(selector) ?? newTest(selector);
  knownTests.set(selector, known);
  return known;
}

function newTest({ metric, matchers }: Selector): SeriesTest {
  const tests = matchers.map(testOf);
  return (series) => series.metric === metric && tests.every((test) => test(series.labels));
}

/** The labels that tell the arms apart in this metric. */
export const armsFor = (arms: Arms, metric: string): ArmPair =>
  arms.own?.find(({ prefix }) => metric.startsWith(prefix)) ?? arms;

/** No label named: no such side. A loop, because it is asked of every series for every rule. */
export function inArm(match: ArmMatch, labels: Labels): boolean {
  let isNamed = false;
  for (const label in match) {
    if (match[label]?.includes(labels[label] ?? '') !== true) return false;
    isNamed = true;
  }
  return isNamed;
}

/** An arm with no value for one of its labels has no series at all. */
export const armExists = (match: ArmMatch): boolean =>
  Object.keys(match).length > 0 && Object.values(match).every((values) => values.length > 0);

/** `both` is a mistake of whoever chose the labels: such a series belongs to nobody. */
export function armOf(arms: Arms, { metric, labels }: Series): Arm | 'both' | null {
  const { canary, stable } = armsFor(arms, metric);
  const isCanary = inArm(canary, labels);
  const isStable = inArm(stable, labels);
  if (isCanary && isStable) return 'both';
  if (isCanary) return 'canary';
  return isStable ? 'stable' : null;
}
