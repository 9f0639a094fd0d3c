/** Why a selector finds nothing: the metric, a label, a value, or the version's labels. Asked step by step, told in a sentence. */

import { didYouMean } from '../../../lib/nearest.ts';
import { ok, type Result } from '../../../lib/result.ts';
import type { MetricSource } from '../../../metrics/metric-source.ts';
import type { ArmMatch } from '../../../metrics/series.ts';
import { escapeRegex, renderSelector } from '../../../rules/promql.ts';
import type { Matcher, Selector } from '../../../rules/sli.ts';
import { matcherText } from '../never-matches.ts';
import { type Answers, ask, countIn, type Questions, seriesIn } from './ask.ts';

const maxListed = 6;

const listed = (values: readonly string[]): string => {
  const some = values.slice(0, maxListed).map((value) => JSON.stringify(value));
  return values.length > maxListed ? `${some.join(', ')} and ${values.length - maxListed} more` : some.join(', ');
};

const present = (label: string): Matcher => ({ label, op: '!=', value: '' });

const questionsFor = ({ metric, matchers }: Selector, arm: ArmMatch): Questions => {
  const bare: Selector = { metric, matchers: [] };
  const labels = [...new Set([...matchers.map(({ label }) => label), ...Object.keys(arm)])];
  const family = metric.split('_')[0] ?? metric;
  const others = renderSelector({
    metric: 'up',
    matchers: [{ label: '__name__', op: '=~', value: `${escapeRegex(family)}_.*` }],
  });
  return {
    metric: `count(${renderSelector(bare)})`,
    one: `topk(1, ${renderSelector(bare)})`,
    // An answer to a question has the question's name: the metric's goes into a label.
    names: `label_replace(count by (__name__) (${others.replace(/^up/, '')}), "name", "$1", "__name__", "(.*)")`,
    ...Object.fromEntries(
      labels.map((label) => [
        `label ${label}`,
        `count by (${label}) (${renderSelector({ metric, matchers: [present(label)] })})`,
      ]),
    ),
  };
};

const valuesOf = (answers: Answers, label: string): readonly string[] =>
  seriesIn(answers, `label ${label}`)
    .flatMap(({ labels }) => labels[label] ?? [])
    .toSorted();

const labelProblem = (answers: Answers, metric: string, label: string): string | null => {
  if (valuesOf(answers, label).length > 0) return null;
  const known = Object.keys(seriesIn(answers, 'one')[0]?.labels ?? {}).filter((name) => name !== '__name__');
  return `${metric} has no label ${label}; it has ${known.toSorted().join(', ')}${didYouMean(label, known)}`;
};

const metricProblem = (answers: Answers, metric: string): string | null => {
  if (countIn(answers, 'metric') > 0) return null;
  const names = seriesIn(answers, 'names').flatMap(({ labels }) => labels['name'] ?? []);
  return `there is no series of ${metric} at all${didYouMean(metric, names)}`;
};

export interface Empty {
  readonly selector: Selector;
  readonly arm: ArmMatch;
  /** Only a missing metric or label is told; a value that is not there may yet come. */
  readonly depth: 'labels' | 'values';
}

export interface WhyEmpty {
  readonly text: string;
  /** It may appear by itself. */
  readonly mayCome: boolean;
}

const sure = (text: string): WhyEmpty => ({ text, mayCome: false });

/** null: nothing is wrong that could be told. The error: the source cannot be asked. */
export const whyEmpty = async (source: MetricSource, empty: Empty): Promise<Result<WhyEmpty | null, string>> => {
  const { selector, arm, depth } = empty;
  const asked = await ask(source, questionsFor(selector, arm));
  if (!asked.ok) return asked;
  const answers = asked.value;
  const { metric, matchers } = selector;
  const absent = metricProblem(answers, metric);
  if (absent !== null && depth === 'values') return ok(sure(absent));
  if (absent !== null) return ok({ text: `${absent}; right only if it begins with the first failure`, mayCome: true });
  const positive = matchers.filter(({ op, value }) => (op === '=' && value !== '') || op === '=~');
  for (const label of [...positive.map((matcher) => matcher.label), ...Object.keys(arm)]) {
    const problem = labelProblem(answers, metric, label);
    if (problem !== null) return ok(sure(problem));
  }
  if (depth === 'labels') return ok(null);
  return ok(sure(valueProblem(answers, selector, arm)));
};

const valueProblem = (answers: Answers, { metric, matchers }: Selector, arm: ArmMatch): string => {
  const [label, wanted] =
    Object.entries(arm).find(([name, values]) => !values.some((value) => valuesOf(answers, name).includes(value))) ??
    [];
  if (label !== undefined && wanted !== undefined)
    return `no series of ${metric} has ${label} ${listed(wanted)}; there is ${listed(valuesOf(answers, label))}`;
  const fails = matchers.find(
    ({ label: name, op, value }) => op === '=' && value !== '' && !valuesOf(answers, name).includes(value),
  );
  if (fails !== undefined)
    return `no series of ${metric} has ${matcherText(fails)}; there is ${listed(valuesOf(answers, fails.label))}`;
  return `series of ${metric} exist, but none with all of these labels together`;
};
