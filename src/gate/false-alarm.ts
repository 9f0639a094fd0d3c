/** The promise that a release's judge makes, how often a healthy release would be rolled back, and what it does not speak of. */
import type { Cause, Release } from '../release/release.ts';
import { isLiteral } from '../verdict/literal.ts';
import { percent } from '../verdict/words.ts';

export interface FalseAlarm {
  /** At most this, over all rules and all looks. */
  readonly probability: number;
  readonly sentence: string;
  /** Why the promise does not speak of what decided; null: it does, or nothing was decided. */
  readonly outside: string | null;
  /** A person said after the end that the release had been healthy; null: nobody did. */
  readonly called: Release['calledFalseAlarm'];
}

type Judged = Pick<Release, 'calledFalseAlarm' | 'judge' | 'rules'>;

/** `cause`: what took it back, or would; null: nothing yet. */
export const falseAlarm = ({ calledFalseAlarm, judge, rules }: Judged, cause: Decisive | null): FalseAlarm => ({
  probability: judge.alpha,
  sentence: `chance that a healthy release is rolled back <= ${percent(judge.alpha)}, over all rules and looks${besides(rules)}`,
  outside: cause === null ? null : outsideOf(rules, cause),
  called: calledFalseAlarm,
});

/** What convicts by a plain comparison keeps no such promise. */
const besides = ({ rules }: Release['rules']): string => {
  const literal = rules.filter((rule) => isLiteral(rule) && rule.alert === 'critical' && !rule.dryRun);
  return literal.length === 0 ? '' : `; not promised for ${literal.map(({ name }) => name).join(', ')}`;
};

type Decisive = Pick<Cause, 'reason' | 'rule'>;

/** What is said with a rollback: the promise, or why it does not hold for this one; null: no rule decided. */
export const promiseOf = (release: Judged, cause: Decisive): string | null => {
  if (cause.rule === null) return null;
  const { outside, sentence } = falseAlarm(release, cause);
  return outside ?? sentence;
};

/** Only evidence counted by the sequential tests is within the promise. */
const outsideOf = ({ rules }: Release['rules'], { reason, rule: name }: Decisive): string | null => {
  const rule = rules.find((each) => each.name === name);
  const not = 'outside the promise on false alarms';
  if (reason === 'GrossFailure') return `decided by gross failure, which lies ${not}`;
  if (reason === 'InvestigationUnanswered') return `decided because nobody answered, which lies ${not}`;
  if (rule?.judge === 'point') return `decided by a rule that compares literally, which lies ${not}`;
  return null;
};
