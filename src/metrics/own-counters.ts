/** Metric source: counters that this process keeps itself. */
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Answer, MetricSource } from './metric-source.ts';

export interface OwnCounter {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface OwnCountersOptions {
  readonly name: string;
  readonly counters: () => readonly OwnCounter[];
  readonly intervalMs: number;
  readonly clock?: Clock;
}

export const ownCounters = ({ clock = systemClock, counters, intervalMs, name }: OwnCountersOptions): MetricSource => ({
  name,
  intervalMs,
  read: async (): Promise<Answer> => {
    const atMs = clock.wallMs();
    const series = counters().map(({ value, ...named }) => ({ ...named, samples: [{ atMs, value }] }));
    return { kind: 'series', source: name, series, receivedAtMs: atMs };
  },
});
