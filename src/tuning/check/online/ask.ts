/** Several questions to a metric source at once: an answer each, or why the source cannot be asked at all. */

import { failed, ok, type Result } from '../../../lib/result.ts';
import type { MetricSource, ReadFailure } from '../../../metrics/metric-source.ts';
import type { Series } from '../../../metrics/series.ts';

/** PromQL by a name of one's own. */
export type Questions = Readonly<Record<string, string>>;

/** By the question's name; the error is what the source says of this one question. */
export type Answers = Readonly<Record<string, Result<readonly Series[], string>>>;

const aboutTheQuestion: ReadonlySet<ReadFailure> = new Set(['QueryError', 'Warnings', 'TooLarge']);

/** The error: nothing can be asked now, and why. */
export const ask = async (source: MetricSource, questions: Questions): Promise<Result<Answers, string>> => {
  const expressions = Object.entries(questions).map(([id, promql]) => ({ id, promql }));
  if (expressions.length === 0) return ok({});
  const answer = await source.read({ selectors: [], expressions, arms: { canary: {}, stable: {} }, lookbackMs: 0 });
  const failures =
    answer.kind === 'series'
      ? (answer.failures ?? [])
      : [{ metrics: expressions.map(({ id }) => id), reason: answer.reason, message: answer.message }];
  const down = failures.find(({ reason }) => !aboutTheQuestion.has(reason));
  if (down !== undefined) return failed(down.message);
  const series = answer.kind === 'series' ? answer.series : [];
  return ok(
    Object.fromEntries(
      expressions.map(({ id }) => {
        const failure = failures.find(({ metrics }) => metrics.includes(id));
        return [id, failure === undefined ? ok(series.filter(({ metric }) => metric === id)) : failed(failure.message)];
      }),
    ),
  );
};

/** The number of a question that counts; 0 where nothing came. */
export const countIn = (answers: Answers, id: string): number => {
  const answer = answers[id];
  return answer?.ok === true ? (answer.value[0]?.samples.at(-1)?.value ?? 0) : 0;
};

export const seriesIn = (answers: Answers, id: string): readonly Series[] => {
  const answer = answers[id];
  return answer?.ok === true ? answer.value : [];
};
