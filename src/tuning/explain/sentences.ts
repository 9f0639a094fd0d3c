/** When a rule rolls back, holds and passes, in sentences with its own numbers; and which word changes each. */
import { formatDuration } from '../../lib/duration.ts';
import type { Rule } from '../../rules/rule.ts';
import { grossWindowMs } from '../../verdict/gross-failure.ts';
import { measureOf } from '../../verdict/measured-as.ts';
import type { JudgeSettings } from '../../verdict/settings.ts';
import { count, daysAgo, percent } from '../../verdict/words.ts';
import { type CountRow, countRows, eventsToProve } from './counts-that-convict.ts';

const noun = (rule: Rule): string => {
  const measure = measureOf(rule);
  return measure.kind === 'fraction' ? measure.noun : 'events';
};

/** `12 errors in 300 canary requests, 26 in 3,000`; empty: no count of them would. */
const inCounts = (rule: Rule, rows: readonly CountRow[], pick: 'suspect' | 'convict'): string =>
  rows
    .filter((row) => row[pick] !== null)
    .map((row, index) => {
      const [bad, events] = [count(row[pick] ?? 0), count(row.events)];
      return index === 0 ? `${bad} ${noun(rule)} in ${events} canary requests` : `${bad} in ${events}`;
    })
    .join(', ');

const example = (rule: Rule, settings: JudgeSettings, pick: 'suspect' | 'convict'): readonly string[] => {
  const counts = inCounts(rule, countRows(rule, settings), pick);
  if (counts === '') return [];
  return [pick === 'convict' ? `for example: ${counts}` : `or it looks more and more likely: ${counts}`];
};

const lasting = ({ forMs }: Rule): string => (forMs === 0 ? '' : ` for ${formatDuration(forMs)} without a break`);

const pairText = ({ rate, longMs, shortMs }: Rule['burnRate'][number]): string =>
  `${rate} times over ${formatDuration(longMs)} and over ${formatDuration(shortMs)}`;

export const judgeSentence = (rule: Rule): string => {
  if (rule.burnRate.length > 0)
    return 'burn rate: the error budget, spent over pairs of windows, compared as it stands';
  if (measureOf(rule).kind === 'alert') return 'point: whether the alert fires, as the metric source says it';
  if (rule.judge === 'point')
    return `point: the value is compared with the limit as it stands${rule.forMs === 0 ? '' : `, and must be outside for ${formatDuration(rule.forMs)}`}`;
  return 'sequential: evidence is collected from the first request on, and may be looked at however often';
};

/** Who is blamed: what stable shows besides. */
const besides = ({ compare, ratio }: Rule): string => {
  if (compare === 'absolute') return 'whatever stable does (compare: absolute)';
  return compare === 'stable'
    ? `more than ${ratio} times stable (compare: stable)`
    : `and worse than ${ratio} times stable`;
};

export const convictSentences = (rule: Rule, settings: JudgeSettings): readonly string[] => {
  const measure = measureOf(rule);
  if (rule.burnRate.length > 0) {
    const pairs = rule.burnRate.map(pairText).join(', or ');
    return [`the budget of ${rule.thresholdText} burns ${pairs}, and stable's does not${lasting(rule)}`];
  }
  if (measure.kind === 'past') {
    const least = `fewer than ${percent(1 - measure.drop)} of those of this time ${daysAgo(measure.agoMs)}`;
    return [`all requests together are ${least}${lasting(rule)}`];
  }
  if (measure.kind === 'alert') return [`the alert fires for the canary${lasting(rule)}`];
  if (measure.kind === 'level')
    return [`the canary is beyond ${rule.thresholdText}${lasting(rule)}, and stable is not`];
  if (rule.judge === 'point')
    return [`the number over ${formatDuration(rule.windowMs)} is outside ${rule.thresholdText}${lasting(rule)}`];
  if (measure.kind === 'share')
    return [
      `the canary surely gets less than ${percent(1 - measure.drop)} of the share of requests that its weight gives it`,
    ];
  if (rule.compare === 'stable') return [`the canary is surely ${besides(rule)}`];
  const gross = rule.sli.kind === 'ratio' && measure.p0 <= 0.05;
  return [
    `more than ${percent(measure.p0)} of the canary's requests are surely bad, ${besides(rule)}`,
    ...example(rule, settings, 'convict'),
    ...(gross
      ? [
          `or at once: at least half of 10 or more canary requests fail within ${formatDuration(grossWindowMs)}, and stable's do not`,
        ]
      : []),
  ];
};

/** What follows from a conviction. */
export const consequence = ({ alert, dryRun }: Rule): string => {
  if (dryRun) return 'would roll back, but is a dry run: shown only, when';
  if (alert === 'critical') return 'rolls back when';
  return alert === 'warning'
    ? 'opens an investigation, and holds until a person answers, when'
    : 'is noted, and moves nothing, when';
};

const silence = ({ alert, missing }: Rule): readonly string[] => {
  if (missing === 'ignore' || alert !== 'critical') return [];
  if (missing === 'zero')
    return ['the metric source does not answer; series that are missing count as none (missing: zero)'];
  return ['there is no data of the canary'];
};

const doubts = (rule: Rule, settings: JudgeSettings): readonly string[] => {
  const measure = measureOf(rule);
  if (measure.kind === 'alert') return ['the alert fires for stable, or for anybody else'];
  if (measure.kind === 'level' || rule.judge === 'point')
    return [
      `the number over ${formatDuration(rule.windowMs)} is outside${rule.forMs === 0 ? '' : `, not yet for ${formatDuration(rule.forMs)}`}`,
    ];
  return [
    `the number over ${formatDuration(rule.windowMs)} is outside, from ${count(rule.minEvents)} requests on`,
    ...example(rule, settings, 'suspect'),
  ];
};

export const passSentences = (rule: Rule, settings: JudgeSettings): readonly string[] => {
  const measure = measureOf(rule);
  if (measure.kind === 'level') return ['the value is inside'];
  if (measure.kind === 'alert') return ['the alert does not fire, for anybody'];
  if (rule.judge === 'point')
    return [`the number over ${formatDuration(rule.windowMs)} is inside, from ${count(rule.minEvents)} requests on`];
  const proof = eventsToProve(rule, settings);
  const proven =
    proof === null
      ? 'the evidence shows that it is inside (proven)'
      : `${count(proof)} canary requests of the step go without ${noun(rule)} (proven)`;
  if (rule.advanceOn === 'proven') return [proven];
  const compatible = `the bake has ended, ${count(rule.minEvents)} canary requests were seen, ${count(rule.minEvents / 5)} of them in this step, all of the step is inside, and nothing speaks against it (compatible)`;
  return [compatible, `or sooner: ${proven}`];
};

export const holdSentences = (rule: Rule, settings: JudgeSettings): readonly string[] =>
  rule.dryRun || rule.alert === 'info' ? [] : [...doubts(rule, settings), ...silence(rule)];

export interface Change {
  readonly word: string;
  readonly effect: string;
}

const windowChange = ({ windowMs }: Rule, judge: Rule['judge']): Change => ({
  word: `window: ${formatDuration(windowMs)}`,
  effect:
    judge === 'sequential'
      ? 'the number shown, and when it holds; not when it convicts'
      : 'what the number looks back over',
});

/** The words of this rule, and of the policy, that move something here. */
export const changes = (rule: Rule): readonly Change[] => {
  const { kind } = measureOf(rule);
  const counted = kind !== 'level' && kind !== 'alert';
  const sequential = counted && rule.judge === 'sequential' && rule.burnRate.length === 0;
  return [
    ...(kind === 'alert'
      ? []
      : [{ word: `threshold: ${rule.thresholdText}`, effect: 'where the limit is, for all of it' }]),
    { word: `alert: ${rule.alert}`, effect: 'what a conviction leads to' },
    ...(sequential
      ? []
      : [{ word: `for: ${formatDuration(rule.forMs)}`, effect: 'how long it must be outside to convict' }]),
    ...(kind === 'alert' ? [] : [windowChange(rule, sequential ? 'sequential' : 'point')]),
    ...(sequential && rule.compare !== 'absolute' && rule.sli.kind !== 'volume'
      ? [{ word: `ratio: ${rule.ratio}`, effect: 'from where on the canary is worse than stable' }]
      : []),
    ...(counted
      ? [{ word: `minEvents: ${rule.minEvents}`, effect: 'how many requests a pass needs, and a hold' }]
      : []),
    ...(sequential
      ? [
          { word: 'confidence (policy)', effect: 'how sure a conviction must be: more is slower' },
          { word: 'judge.dispersion (policy)', effect: 'how bursty errors are: more is slower' },
        ]
      : []),
  ];
};
