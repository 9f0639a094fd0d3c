/** The text that processes expose at /metrics: Prometheus' format 0.0.4 and OpenMetrics 1.0, strictly, as rows. */
import { failed, ok, type Result } from '../lib/result.ts';
import { parseNumber } from './number-text.ts';
import type { Labels } from './series.ts';

export interface ExposedSample {
  readonly metric: string;
  readonly labels: Labels;
  readonly value: number;
  /** The process's own time for it, epoch ms; null: the time of the scrape. */
  readonly atMs: number | null;
  /** Metric and labels as written: the same series is written the same way next time. */
  readonly id: string;
}

export type ExpositionFormat = 'text' | 'openmetrics';

export const formatOf = (contentType: string): ExpositionFormat =>
  /^\s*application\/openmetrics-text\b/i.test(contentType) ? 'openmetrics' : 'text';

/** The error names the line. One bad line spoils all of it: half a scrape would look like counters that vanished. */
export function parseExposition(text: string, format: ExpositionFormat): Result<readonly ExposedSample[], string> {
  const samples: ExposedSample[] = [];
  let ended = false;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line === '') continue;
    if (ended) return failed(`line ${number}: text after # EOF`);
    if (line.startsWith('#')) {
      ended = format === 'openmetrics' && line === '# EOF';
      continue;
    }
    const sample = parseLine(line, format);
    if (typeof sample === 'string') return failed(`line ${number}: ${sample}: ${JSON.stringify(line.slice(0, 80))}`);
    samples.push(sample);
  }
  if (format === 'openmetrics' && !ended) return failed('no # EOF at the end: a part is missing');
  return ok(samples);
}

function* linesOf(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    yield text.slice(from, text[to - 1] === '\r' ? to - 1 : to).trim();
    from = to + 1;
  }
}

const nameAt = /([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*/y;
const labelAt = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]+|\\.)*)"[ \t]*/y;

const matchAt = (pattern: RegExp, line: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(line);
};

/** A sample, or what is wrong with the line. */
function parseLine(line: string, format: ExpositionFormat): ExposedSample | string {
  const name = matchAt(nameAt, line, 0);
  if (name === null) return 'no metric name';
  const metric = name[1] ?? '';
  const labelled =
    line[nameAt.lastIndex] === '{' ? parseLabels(line, nameAt.lastIndex + 1) : { labels: {}, end: nameAt.lastIndex };
  if (labelled === null) return 'labels are not name="value" between braces';
  const { labels, end } = labelled;
  const numbers = parseNumbers(line.slice(end), format);
  if (typeof numbers === 'string') return numbers;
  return { metric, labels, ...numbers, id: line.slice(0, end).trimEnd() };
}

interface Labelled {
  readonly labels: Labels;
  readonly end: number;
}

function parseLabels(line: string, from: number): Labelled | null {
  const labels: [string, string][] = [];
  let at = from;
  for (;;) {
    while (line[at] === ' ' || line[at] === '\t') at += 1;
    if (line[at] === '}') return { labels: Object.fromEntries(labels), end: at + 1 };
    const found = matchAt(labelAt, line, at);
    if (found === null) return null;
    labels.push([found[1] ?? '', unescape(found[2] ?? '')]);
    at = labelAt.lastIndex;
    if (line[at] === ',') at += 1;
    else if (line[at] !== '}') return null;
  }
}

/** Only `\\`, `\"` and `\n` are escapes; any other backslash stands for itself. */
const unescape = (value: string): string =>
  value.includes('\\') ? value.replace(/\\([\\"n])/g, (_, char: string) => (char === 'n' ? '\n' : char)) : value;

/** Value, then maybe a time (ms in text, seconds in OpenMetrics), then maybe an exemplar after ` # `, which is nobody's count. */
function parseNumbers(rest: string, format: ExpositionFormat): Pick<ExposedSample, 'value' | 'atMs'> | string {
  const exemplar = rest.indexOf(' # ');
  const [valueText = '', timeText, ...more] = (exemplar === -1 ? rest : rest.slice(0, exemplar)).trim().split(/[ \t]+/);
  const value = parseNumber(valueText);
  if (value === null || more.length > 0) return 'no number after the name and labels';
  if (timeText === undefined) return { value, atMs: null };
  const time = parseNumber(timeText);
  if (time === null || !Number.isFinite(time)) return 'the time is no number';
  return { value, atMs: format === 'openmetrics' ? Math.round(time * 1000) : time };
}
