/**
 * A main source, and another that judges while the main one does not answer.
 *
 *     main ──fails──► fallback ──main answered 3 times──► main
 *
 * While the fallback answers, main is still asked, but never waited for. Raw counters mean the same in both, so nothing
 * is counted twice or lost over a switch.
 */
import type { Answer, MetricSource, ReadRequest } from './metric-source.ts';

export interface FallbackOptions {
  readonly main: MetricSource;
  readonly fallback: MetricSource;
  /** Answers in a row that bring main back. */
  readonly returnAfter?: number;
}

export function fallbackSource({ main, fallback, returnAfter = 3 }: FallbackOptions): MetricSource {
  let active = main;
  let goodInARow = 0;
  let probing = false;
  const probe = async (request: ReadRequest): Promise<void> => {
    if (probing) return;
    probing = true;
    const { kind } = await main.read(request);
    probing = false;
    goodInARow = kind === 'series' ? goodInARow + 1 : 0;
    if (goodInARow >= returnAfter) active = main;
  };
  return {
    name: main.name,
    get intervalMs() {
      return active.intervalMs;
    },
    get moments() {
      return active.moments;
    },
    read: async (request) => {
      if (active === fallback) {
        void probe(request);
        const answer = await fallback.read(request);
        if (answer.kind === 'series') return answer;
        active = main;
      }
      const answer = await main.read(request);
      if (answer.kind === 'series') return answer;
      const other = await fallback.read(request);
      if (other.kind === 'failed') return bothFailed(answer, other);
      active = fallback;
      goodInARow = 0;
      return other;
    },
  };
}

const bothFailed = (main: Extract<Answer, { kind: 'failed' }>, other: Extract<Answer, { kind: 'failed' }>): Answer => ({
  ...main,
  message: `${main.message}; and the fallback ${other.source}: ${other.message}`,
});
