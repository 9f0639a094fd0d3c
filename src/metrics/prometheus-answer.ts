/** What Prometheus' query API answers, as series; anything that is not exactly that is a failure that says so. */
import { z } from 'zod';
import { failed, ok, type Result } from '../lib/result.ts';
import { parseNumber } from './number-text.ts';
import type { Failure, Reply } from './prometheus-http.ts';
import type { Sample, Series } from './series.ts';

const labels = z.record(z.string(), z.string());
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
/** `[seconds, "value"]`, looked at one by one in `sampleOf`: there are hundreds of thousands in a large answer. */
const points = z.custom<readonly unknown[]>(isList, 'expected a list of points');

const data = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: labels, values: points.default([]) })),
  }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: labels, value: points.optional() })),
  }),
  z.object({ resultType: z.literal('scalar'), result: points }),
]);

const envelope = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data, warnings: z.array(z.string()).default([]) }),
  z.object({ status: z.literal('error'), errorType: z.string().default(''), error: z.string().default('') }),
]);

type Data = z.infer<typeof data>;

/** Range selectors answer raw samples with their own times; expressions one sample at the time of the question. */
export function parseQueryReply(reply: Reply, place: string): Result<readonly Series[], Failure> {
  const parsed = parseSeriesReply(reply, place);
  if (!parsed.ok) return parsed;
  const { series, warnings } = parsed.value;
  if (warnings.length > 0)
    return failed({
      reason: 'Warnings',
      message: `${place} has only a part of the data: ${clip(warnings.join('; '))}`,
    });
  return ok(series);
}

export interface SeriesReply {
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
}

/** The same, with the server's warnings for whoever can go on in spite of them. */
export function parseSeriesReply(reply: Reply, place: string): Result<SeriesReply, Failure> {
  const json = parseJson(reply, place);
  if (!json.ok) return json;
  const parsed = envelope.safeParse(json.value);
  if (!parsed.success) return failed(statusFailure(reply, place) ?? malformed(place, z.prettifyError(parsed.error)));
  const answer = parsed.data;
  if (answer.status === 'error') return failed(queryFailure(place, answer));
  const series = seriesOf(answer.data, place);
  return series.ok ? ok({ series: series.value, warnings: answer.warnings.map(clip) }) : series;
}

function parseJson(reply: Reply, place: string): Result<unknown, Failure> {
  const failure = statusFailure(reply, place);
  if (/html/i.test(reply.contentType) || reply.body.trimStart().startsWith('<'))
    return failed(
      failure ?? malformed(place, 'a web page where JSON was due; a login page, or another service? check the address'),
    );
  try {
    return ok(JSON.parse(reply.body));
  } catch {
    return failed(failure ?? malformed(place, `no JSON: ${clip(reply.body)}`));
  }
}

const statusFailure = ({ status, body }: Reply, place: string): Failure | null => {
  if (status < 400) return null;
  const message = `${place} answered ${status}: ${clip(body)}`;
  return { reason: status >= 500 || status === 429 ? 'Unreachable' : 'Malformed', message };
};

const malformed = (place: string, what: string): Failure => ({
  reason: 'Malformed',
  message: `${place} answered ${what}`,
});

const queryFailure = (
  place: string,
  { errorType, error }: { readonly errorType: string; readonly error: string },
): Failure => ({
  reason: errorType === 'timeout' ? 'Timeout' : 'QueryError',
  message: `${place}: ${errorType}: ${clip(error)}`,
});

const clip = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}...` : line;
};

function seriesOf(given: Data, place: string): Result<readonly Series[], Failure> {
  switch (given.resultType) {
    case 'matrix':
      return collect(
        given.result.map(({ metric, values }) => ({ metric, values })),
        place,
      );
    case 'vector':
      return collect(
        given.result.map(({ metric, value }) => ({ metric, values: value === undefined ? [] : [value] })),
        place,
      );
    case 'scalar':
      return collect([{ metric: {}, values: [given.result] }], place);
  }
}

interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly unknown[];
}

/** Series without float samples (native histograms) are left out. */
function collect(raw: readonly RawSeries[], place: string): Result<readonly Series[], Failure> {
  const all: Series[] = [];
  for (const { metric, values } of raw) {
    const samples = values.map(sampleOf);
    const bad = samples.indexOf(null);
    if (bad >= 0) return failed(malformed(place, `${JSON.stringify(values[bad])} where [time, "number"] was due`));
    const { __name__: name = '', ...own } = metric;
    if (samples.length > 0) all.push({ metric: name, labels: own, samples: samples.filter((each) => each !== null) });
  }
  return ok(all);
}

function sampleOf(point: unknown): Sample | null {
  if (!isList(point) || point.length !== 2) return null;
  const [seconds, text] = point;
  if (typeof seconds !== 'number' || typeof text !== 'string') return null;
  const value = parseNumber(text);
  return value === null ? null : { atMs: Math.round(seconds * 1000), value };
}
