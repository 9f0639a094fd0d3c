/** The promises of the demo, each held against what came of it. Pure. */
import { explain } from '../../report/explain.ts';
import { tookText } from '../../report/format-value.ts';
import { type DemoFacts, failingMs, type ReleaseFacts } from './demo-facts.ts';

export interface Outcome {
  readonly promise: string;
  /** Empty: it came out; otherwise what did not, and where to look. */
  readonly objections: readonly string[];
}

/** Longer than this without a success is an interruption that users see. */
const interruptionMs = 1_000;

const rises = [25, 50, 100];

export const demoOutcomes = (facts: DemoFacts): readonly Outcome[] => [
  { promise: `${facts.healthy.revision} promoted through 25, 50 and 100 %`, objections: promoted(facts.healthy) },
  ...(facts.outage === 'left out'
    ? []
    : [{ promise: 'metrics outage held: no advance, no rollback', objections: held(facts.healthy) }]),
  { promise: `${facts.faulty.revision} rolled back by error_rate`, objections: rolledBack(facts) },
  { promise: 'no interruption for users', objections: uninterrupted(facts) },
  { promise: 'no weight but 0, 25, 50, 100 %', objections: planned([facts.healthy, facts.faulty]) },
];

const promoted = ({ revision, view, weights, promotedAfterMs }: ReleaseFacts): readonly string[] => {
  if (view === null) return [`no release of ${revision} was begun`];
  if (promotedAfterMs === null) return [`${revision} was not promoted`, ...whereItStands(view)];
  const due = [...rises, 0];
  return isSame(weights, due) ? [] : [`the weights were ${listed(weights)}, not ${listed(due)}`];
};

const held = ({ outage, promotedAfterMs, revision, view }: ReleaseFacts): readonly string[] => {
  if (outage === null || !outage.paused) return ['no outage was long enough to be noticed', ...whereItStands(view)];
  const objections: string[] = [];
  if (outage.untilMs === null) objections.push('the metrics never came back');
  if (outage.weights.length > 1) objections.push(`the weight moved in the dark: ${listed(outage.weights)}`);
  const earnedMs = outage.bakedAfterMs - outage.bakedBeforeMs;
  if (earnedMs > 0) objections.push(`${tookText(earnedMs)} of blindness were counted as bake`);
  if (promotedAfterMs === null) objections.push(`${revision} was not promoted after it`);
  return objections;
};

const rolledBack = (facts: DemoFacts): readonly string[] => {
  const { revision, view, weights } = facts.faulty;
  if (view === null) return [`no release of ${revision} was begun`];
  const { rollback } = view;
  if (rollback === null || rollback.zeroAtMs === null)
    return [`${revision} was not rolled back`, ...whereItStands(view)];
  if (rollback.rule !== 'error_rate')
    return [`it was ${rollback.rule ?? 'no rule'} that took it back: ${rollback.message}`];
  if (!isSame(weights, [25, 0])) return [`the weights were ${listed(weights)}, not 25, 0`];
  return failingMs(facts) === null ? [`users saw no failed request of ${revision}: was there any load?`] : [];
};

const uninterrupted = ({ users }: DemoFacts): readonly string[] => {
  if (users === null) return ['the load generator said nothing: nobody knows what users saw'];
  const { longestInterruptionMs } = users;
  if (longestInterruptionMs <= interruptionMs) return [];
  return [`users had no answer for ${tookText(longestInterruptionMs)}: on a machine as busy as that, try --rate 300`];
};

const planned = (releases: readonly ReleaseFacts[]): readonly string[] => {
  const stray = releases.flatMap(({ weights }) => weights).filter((weight) => weight !== 0 && !rises.includes(weight));
  return stray.length === 0 ? [] : [`the data plane had ${listed(stray)}`];
};

const whereItStands = (view: ReleaseFacts['view']): readonly string[] => {
  if (view === null) return [];
  const { where, why } = explain(view);
  return [where, ...why];
};

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

const listed = (weights: readonly number[]): string => (weights.length === 0 ? 'none' : weights.join(', '));
