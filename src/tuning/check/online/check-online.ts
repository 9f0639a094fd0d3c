/** What only the metric source can tell of a rule set: whether its queries find data, buckets and enough samples now. */
import { inFileOrder } from '../../../lib/config-file/file-error.ts';
import { ok, type Result } from '../../../lib/result.ts';
import type { MetricSource } from '../../../metrics/metric-source.ts';
import type { ArmPair } from '../../../metrics/series.ts';
import { type Finding, type RuleSubject, ruleSubjects, type Subject } from '../finding.ts';
import { windowSense } from '../window-sense.ts';
import { bucketsNow } from './buckets-now.ts';
import { dataNow, sidesOf } from './data-now.ts';
import { spacingNow } from './spacing-now.ts';
import { isMeasuredBySluice } from './wanted.ts';

export interface Online {
  readonly source: MetricSource;
  readonly arms: ArmPair;
  /** Before each rule. */
  readonly onRule: (rule: string, index: number, count: number) => void;
}

export interface OnlineFindings {
  readonly findings: readonly Finding[];
  /** Rules that this source cannot know anything of. */
  readonly notAsked: readonly string[];
}

const checkRule = async (
  subject: RuleSubject,
  { source, arms }: Online,
): Promise<Result<readonly Finding[], string>> => {
  const sides = sidesOf(arms);
  const data = await dataNow(subject, source, sides);
  if (!data.ok) return data;
  const buckets = await bucketsNow(subject, source, sides);
  if (!buckets.ok) return buckets;
  const spacing = await spacingNow(subject, source, sides);
  if (!spacing.ok) return spacing;
  // A wider spacing than the file or the command line says is found here alone.
  const known = subject.intervalMs ?? 0;
  const windows =
    spacing.value !== null && spacing.value > known ? windowSense({ ...subject, intervalMs: spacing.value }) : [];
  return ok([...data.value, ...buckets.value, ...windows]);
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
