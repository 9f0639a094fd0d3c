/** History of a Prometheus server: raw samples by range selectors at chunk ends, evaluated steps by range queries. */
import { type Clock, systemClock } from '../lib/clock.ts';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { renderSelector } from '../rules/promql.ts';
import type { HistoryChunks, HistorySource, SamplesWanted, Span, StepsWanted } from './history.ts';
import { type ChunkAnswer, defaultWithinMs, inChunks } from './history-chunks.ts';
import { identityOf } from './history-whole.ts';
import { parseSeriesReply } from './prometheus-answer.ts';
import { askPrometheus, type PrometheusServer, type Question, readCredentials } from './prometheus-ask.ts';
import { defaultMaxBytes, type Failure } from './prometheus-http.ts';
import type { Series } from './series.ts';

export interface PrometheusHistoryOptions extends PrometheusServer {
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

const minuteMs = 60_000;
const weekMs = 7 * 24 * 3_600_000;

/** Of a chunk's answers together, so that neither side works in large lumps. */
const wantedBytes = 1024 * 1024;

/** Prometheus answers at most 11,000 points of a series. */
const mostPoints = 10_000;

export function prometheusHistory(options: PrometheusHistoryOptions): HistorySource {
  return {
    name: options.name,
    samples: (wanted) => samples(options, wanted),
    steps: (wanted) => steps(options, wanted),
  };
}

async function* samples(options: PrometheusHistoryOptions, wanted: SamplesWanted): HistoryChunks {
  const queries = render(wanted);
  if (!queries.ok) return void (yield failed({ ...queries.error, readToMs: wanted.fromMs }));
  const ask = async (span: Span): Promise<Result<ChunkAnswer, Failure>> => {
    const answers = await askAll(
      options,
      queries.value.map((query) => ({ ...samplesQuestion(query, span), signal: wanted.signal })),
    );
    return answers.ok ? ok({ ...answers.value, series: within(span, answers.value.series) }) : answers;
  };
  yield* inChunks({
    ...common(options, wanted),
    widths: { firstMs: 30 * minuteMs, leastMs: minuteMs, mostMs: weekMs, alignMs: 1 },
    ask,
  });
}

async function* steps(options: PrometheusHistoryOptions, wanted: StepsWanted): HistoryChunks {
  const { promql, stepMs, signal } = wanted;
  const step = String(stepMs / 1000);
  const ask = ({ fromMs, toMs }: Span): Promise<Result<ChunkAnswer, Failure>> => {
    const lastMs = fromMs + (Math.ceil((toMs - fromMs) / stepMs) - 1) * stepMs;
    const form = { query: promql, start: seconds(fromMs), end: seconds(lastMs), step };
    return askAll(options, [{ path: 'query_range', form, signal }]);
  };
  yield* inChunks({
    ...common(options, wanted),
    widths: { firstMs: 1_000 * stepMs, leastMs: stepMs, mostMs: mostPoints * stepMs, alignMs: stepMs },
    ask,
  });
}

const common = (
  { clock = systemClock, maxBytes = defaultMaxBytes }: PrometheusHistoryOptions,
  { fromMs, toMs, onProgress, signal, withinMs = defaultWithinMs }: SamplesWanted | StepsWanted,
) => ({ fromMs, toMs, onProgress, signal, withinMs, clock, wantedBytes: Math.min(wantedBytes, maxBytes / 4) });

function render({ selectors, labels = {} }: SamplesWanted): Result<readonly string[], Failure> {
  try {
    return ok([...new Set(selectors.map((selector) => renderSelector(selector, labels)))]);
  } catch (error) {
    return failed({ reason: 'QueryError', message: messageOf(error) });
  }
}

/** Whether a range's first moment belongs to it differs between versions: it is asked a millisecond wider, and cut. */
const samplesQuestion = (selector: string, { fromMs, toMs }: Span): Question => ({
  path: 'query',
  form: { query: `${selector}[${toMs - fromMs}ms]`, time: seconds(toMs - 1) },
});

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Only what is in the span; a series that two selectors mean, once. */
function within({ fromMs }: Span, all: readonly Series[]): readonly Series[] {
  const bySeries = new Map<string, Series>();
  for (const series of all) {
    const first = series.samples.findIndex(({ atMs }) => atMs >= fromMs);
    if (first < 0) continue;
    const key = identityOf(series);
    if (!bySeries.has(key))
      bySeries.set(key, first === 0 ? series : { ...series, samples: series.samples.slice(first) });
  }
  return [...bySeries.values()];
}

async function askAll(
  options: PrometheusHistoryOptions,
  questions: readonly Question[],
): Promise<Result<ChunkAnswer, Failure>> {
  const credentials = await readCredentials(options);
  if (!credentials.ok) return credentials;
  const answers = await Promise.all(questions.map((question) => askPrometheus(options, question, credentials.value)));
  const series: Series[] = [];
  const warnings: string[] = [];
  let bytes = 0;
  for (const reply of answers) {
    if (!reply.ok) return reply;
    const parsed = parseSeriesReply(reply.value, options.name);
    if (!parsed.ok) return parsed;
    for (const each of parsed.value.series) series.push(each);
    warnings.push(...parsed.value.warnings);
    bytes += reply.value.body.length;
  }
  return ok({ series, warnings, bytes });
}
