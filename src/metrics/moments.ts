/**
 * When in each interval a source is asked. One that keeps samples is asked at the first of its moments after the canary's next sample
 * is due, since that sample waits for nothing but the question; any other at the reader's own place.
 */
import { armsFor, inArm } from './matching.ts';
import type { Answer, MetricSource } from './metric-source.ts';
import type { Arms } from './series.ts';

export interface Moments {
  /** From the start of the interval, milliseconds. */
  offsetMs(): number;
  /** What an answer tells of when the canary is scraped. */
  heard(answer: Answer, arms: Arms | undefined): void;
}

/** From a sample's own time until whoever keeps it can be asked for it. */
const keptWithinMs = 50;

export function moments(source: MetricSource, place: number): Moments {
  let sampledAtMs: number | null = null;
  return {
    offsetMs: () => {
      const { intervalMs, moments: count } = source;
      if (count === undefined) return intervalMs * place;
      const gapMs = intervalMs / count;
      if (sampledAtMs === null) return Math.floor(place * count) * gapMs;
      return (Math.ceil((sampledAtMs + keptWithinMs) / gapMs) * gapMs) % intervalMs;
    },
    heard: (answer, arms) => {
      sampledAtMs = canarySampledAtMs(answer, arms) ?? sampledAtMs;
    },
  };
}

/** Epoch ms; its first series that keeps samples tells it for all. What has one sample was made for the answer. */
function canarySampledAtMs(answer: Answer, arms: Arms | undefined): number | null {
  if (answer.kind === 'failed' || arms === undefined) return null;
  const first = answer.series.find(
    ({ metric, labels, samples }) => samples.length > 1 && inArm(armsFor(arms, metric).canary, labels),
  );
  return first?.samples.at(-1)?.atMs ?? null;
}
