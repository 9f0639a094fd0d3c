/** Metric source without a network: series made up from a function of time, or a list of answers, one a read. */
import type { Clock } from '../lib/clock.ts';
import type { Answer, MetricSource, ReadFailure, ReadRequest } from './metric-source.ts';
import type { Series } from './series.ts';

export type Script =
  /** The world at a moment, as a scrape then would see it; a failure while it cannot be seen. */
  | ((nowMs: number, request: ReadRequest) => readonly Series[] | ScriptedFailure)
  /** What each read gets, in order; the last stays. */
  | readonly (readonly Series[] | ScriptedFailure)[];

export interface ScriptedFailure {
  readonly reason: ReadFailure;
  readonly message: string;
}

export interface ScriptedOptions {
  readonly name?: string;
  readonly intervalMs?: number;
  readonly clock: Clock;
  readonly script: Script;
}

const isFailure = (scripted: readonly Series[] | ScriptedFailure): scripted is ScriptedFailure => 'reason' in scripted;

export function scriptedSource({
  name = 'scripted',
  intervalMs = 1_000,
  clock,
  script,
}: ScriptedOptions): MetricSource {
  let reads = 0;
  const next = (nowMs: number, request: ReadRequest): readonly Series[] | ScriptedFailure => {
    if (typeof script === 'function') return script(nowMs, request);
    const scripted = script[Math.min(reads, script.length - 1)] ?? [];
    reads += 1;
    return scripted;
  };
  return {
    name,
    intervalMs,
    read: async (request): Promise<Answer> => {
      const receivedAtMs = clock.wallMs();
      const common = { source: name, receivedAtMs };
      const scripted = next(receivedAtMs, request);
      if (isFailure(scripted)) return { kind: 'failed', ...common, ...scripted };
      const wanted = new Set([
        ...request.selectors.map(({ metric }) => metric),
        ...request.expressions.map(({ id }) => id),
        ...(request.totals ?? []).map(({ id }) => id),
      ]);
      return { kind: 'series', ...common, series: scripted.filter(({ metric }) => wanted.has(metric)) };
    },
  };
}
