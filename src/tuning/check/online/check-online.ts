/** What only the metric source can tell of a rule set: whether its queries find data, buckets and enough samples now. */
import { inFileOrder } from '../../../lib/config-file/file-error.ts';
import { ok, type Result } from '../../../lib/result.ts';
import type { HistorySource } from '../../../metrics/history.ts';
import { armsFor } from '../../../metrics/matching.ts';
import type { MetricSource } from '../../../metrics/metric-source.ts';
import type { Arms } from '../../../metrics/series.ts';
import type { Selector } from '../../../rules/sli.ts';
import { belowBaseline, belowBaselineSentence } from '../../../verdict/below-baseline.ts';
import { atWord, type Finding, type RuleSubject, ruleSubjects, type Subject } from '../finding.ts';
import { windowSense } from '../window-sense.ts';
import { alertKnown } from './alert-known.ts';
import { bucketsNow } from './buckets-now.ts';
import { dataNow, sidesOf } from './data-now.ts';
import { spacingNow } from './spacing-now.ts';
import { type Past, stablePast } from './stable-past.ts';
import { isMeasuredBySluice, wantedOf } from './wanted.ts';

export interface Online {
  readonly source: MetricSource;
  readonly history: HistorySource;
  /** Of all alert rules; null: the source does not tell, or others raise the alerts. Asked only where a rule reads one. */
  readonly alertNames: () => Promise<Result<readonly string[] | null, string>>;
  readonly arms: Arms;
  readonly nowMs: number;
  readonly withinMs: number;
  /** Before each rule. */
  readonly onRule: (rule: string, index: number, count: number) => void;
}

export interface OnlineFindings {
  readonly findings: readonly Finding[];
  /** Rules that this source cannot know anything of. */
  readonly notAsked: readonly string[];
}

/** A limit that stable itself does not keep. */
const baselineFindings = async (subject: RuleSubject, past: Past): Promise<Result<readonly Finding[], string>> => {
  const history = await stablePast(subject.rule, past);
  if (!history.ok) return history;
  const found = history.value === null ? null : belowBaseline(subject.rule, history.value);
  if (found === null) return ok([]);
  const message = belowBaselineSentence(subject.rule, found);
  return ok([atWord(subject, ['threshold'], { level: 'error', check: 'ThresholdBelowBaseline', message })]);
};

/** A wider spacing than the file or the command line says is found here alone. */
const windowFindings = (subject: RuleSubject, spacingMs: number | null): readonly Finding[] =>
  spacingMs !== null && spacingMs > (subject.intervalMs ?? 0) ? windowSense({ ...subject, intervalMs: spacingMs }) : [];

const measuring = (subject: RuleSubject): Selector | undefined =>
  wantedOf(subject).find(({ need }) => need === 'series')?.selector;

const alertFindings = async (
  subject: RuleSubject,
  { alertNames, source }: Online,
): Promise<Result<readonly Finding[], string>> => {
  const names = await alertNames();
  return names.ok ? ok(alertKnown(subject, { names: names.value, source: source.name })) : names;
};

const checkRule = async (subject: RuleSubject, online: Online): Promise<Result<readonly Finding[], string>> => {
  const { source, arms } = online;
  if (subject.rule.sli.kind === 'alert') return alertFindings(subject, online);
  // A load balancer's own series have labels of their own.
  const sides = sidesOf(armsFor(arms, measuring(subject)?.metric ?? ''));
  const data = await dataNow(subject, source, sides);
  if (!data.ok) return data;
  const buckets = await bucketsNow(subject, source, sides);
  if (!buckets.ok) return buckets;
  const spacing = await spacingNow(source, measuring(subject), sides);
  if (!spacing.ok) return spacing;
  const now = [...data.value, ...buckets.value, ...windowFindings(subject, spacing.value)];
  if (data.value.some(({ level }) => level === 'error') || buckets.value.length > 0) return ok(now);
  const intervalMs = spacing.value ?? subject.intervalMs ?? source.intervalMs;
  const past = await baselineFindings(subject, { ...online, intervalMs });
  return past.ok ? ok([...now, ...past.value]) : past;
};

/** The error: the source cannot be asked. */
export const checkOnline = async (subject: Subject, online: Online): Promise<Result<OnlineFindings, string>> => {
  const rules = ruleSubjects(subject);
  const asked = rules.filter((each) => !isMeasuredBySluice(each));
  const findings: Finding[] = [];
  for (const [index, each] of asked.entries()) {
    online.onRule(each.rule.name, index, asked.length);
    const found = await checkRule(each, online);
    if (!found.ok) return found;
    findings.push(...found.value);
  }
  const notAsked = rules.filter((each) => !asked.includes(each)).map(({ rule }) => rule.name);
  return ok({ findings: inFileOrder(findings), notAsked });
};
