/** Asks a Prometheus for a number that has to keep a limit: room for the new version, a quota, a queue. */
import type { Result } from '../lib/result.ts';
import type { Series } from '../metrics/series.ts';
import type { QueryAskSpec } from '../release/check-spec.ts';
import { holds } from '../release/comparison.ts';
import type { Heard, Question } from './checks.ts';
import { fillQuery } from './placeholders.ts';
import { seriesName } from './series-name.ts';

/** Of the moment; each series with its newest sample. Never rejects. */
export type AskNow = (promql: string) => Promise<Result<readonly Series[], { readonly message: string }>>;

/** Series that are named in a sentence. */
const mostNamed = 3;

/** Each series must keep the limit. What can't be asked, and what has no number, says neither yes nor no. */
export async function askQuery(spec: QueryAskSpec, question: Question, ask: AskNow): Promise<Heard> {
  const { comparison, limit, promql } = spec;
  const begunMs = performance.now();
  const answer = await ask(fillQuery(promql, question));
  const tookMs = performance.now() - begunMs;
  if (!answer.ok) return { outcome: 'pending', message: `the query was not answered: ${answer.error.message}`, tookMs };
  const values = answer.value.flatMap((series) => {
    const value = series.samples.at(-1)?.value;
    return value === undefined ? [] : [{ text: `${seriesName(series.labels)}${number(value)}`, value }];
  });
  if (values.length === 0)
    return { outcome: 'pending', message: `the query gives nothing: no series that it could be told from`, tookMs };
  const bad = values.filter(({ value }) => !holds(comparison, value, limit));
  const named = (some: typeof values): string => {
    const more = some.length > mostNamed ? ` and ${some.length - mostNamed} more` : '';
    return `${some
      .slice(0, mostNamed)
      .map(({ text }) => text)
      .join(', ')}${more}`;
  };
  return bad.length === 0
    ? { outcome: 'passed', message: `${named(values)}: ${comparison} ${limit}`, tookMs }
    : { outcome: 'failed', message: `${named(bad)}: not ${comparison} ${limit}`, tookMs };
}

const number = (value: number): string => String(Number(value.toPrecision(6)));
