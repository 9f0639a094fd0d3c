/** The facts of a demo in words: a name and a sentence each. Pure. */
import { phaseWords } from '../../report/explain.ts';
import { countText, tookText, valueText } from '../../report/format-value.ts';
import { percent } from '../../verdict/words.ts';
import { type DemoFacts, failingMs, type UserFacts } from './demo-facts.ts';
import { usualErrors } from './demo-policy.ts';
import { darkMs } from './outage-seen.ts';
import { failedIn } from './users-text.ts';

export interface ReportRow {
  readonly name: string;
  readonly words: string;
}

export const reportRows = (facts: DemoFacts): readonly ReportRow[] => [
  ...healthyRows(facts),
  ...outageRows(facts),
  ...faultyRows(facts),
  ...userRows(facts.users),
  ...alarmRows(facts),
];

const row = (name: string, words: string): ReportRow => ({ name, words });

const healthyRows = ({ healthy, users }: DemoFacts): readonly ReportRow[] => {
  const { promotedAfterMs, revision, view, weights } = healthy;
  if (promotedAfterMs === null)
    return [row(revision, view === null ? 'not begun' : `not promoted: ${phaseWords[view.phase]}`)];
  return [
    row(revision, `promoted in ${tookText(promotedAfterMs)}: canary weight ${stepsText(weights)}, then stable`),
    row('', `it failed ${shareText(users, revision)}`),
  ];
};

const outageRows = ({ healthy: { outage }, users }: DemoFacts): readonly ReportRow[] => {
  if (outage === null || !outage.paused) return [];
  const end =
    outage.untilMs === null ? 'they did not come back' : `held at ${outage.weights.join(', ')} %, went on by itself`;
  return [
    row('outage', `no metrics for ${tookText(darkMs(outage))}: ${end}; that time is no bake`),
    row('', `${countText(users?.servedInOutage ?? 0)} user requests were served meanwhile`),
  ];
};

const faultyRows = (facts: DemoFacts): readonly ReportRow[] => {
  const { revision, view, weights } = facts.faulty;
  if (view === null) return [row(revision, 'not begun')];
  const { rollback } = view;
  if (rollback === null) return [row(revision, `not rolled back: ${phaseWords[view.phase]}`)];
  const { at, limitWords, rule, toZeroMs, unit, value } = rollback;
  const numbers = unit === null ? rollback.message : `${valueText(value, unit)} against ${limitWords ?? '-'}`;
  const failingFor = failingMs(facts);
  return [
    row(revision, `rolled back: canary weight ${stepsText(weights)}, 0 %`),
    row('  rule', `${rule ?? rollback.reason} (${at ?? 'no rule'}): ${numbers}`),
    row('  time', `first failed request to weight 0: ${failingFor === null ? '-' : tookText(failingFor)}`),
    row('', `decision to weight 0: ${toZeroMs === null ? 'not confirmed' : tookText(toZeroMs)}`),
    row('  users', `it failed ${shareText(facts.users, revision)}`),
  ];
};

const userRows = (users: UserFacts | null): readonly ReportRow[] => {
  if (users === null) return [];
  const { counts, longestInterruptionMs } = users;
  const usual = `${percent(usualErrors)} in every version is this service's normal`;
  return [
    row('all users', `${failedIn(counts)} of ${countText(counts.sent)} requests failed (${usual})`),
    row('', `longest time without an answer: ${tookText(longestInterruptionMs)}`),
  ];
};

const alarmRows = ({ healthy, faulty }: DemoFacts): readonly ReportRow[] => {
  const view = healthy.view ?? faulty.view;
  return view === null ? [] : [row('false alarms', view.falseAlarm.sentence)];
};

const shareText = (users: UserFacts | null, version: string): string => {
  const served = users?.counts.versions[version];
  if (served === undefined) return 'nobody knows how many requests';
  return `${served.failed} of ${countText(served.succeeded + served.failed)} user requests`;
};

/** As they rose; the 0 at the end is said in words. */
const stepsText = (weights: readonly number[]): string =>
  weights
    .filter((weight) => weight > 0)
    .map((weight) => `${weight} %`)
    .join(', ');
