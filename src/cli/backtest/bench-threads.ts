/** Judging in threads: a core each, and a bound on the memory of each. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { prometheusHistory } from '../../metrics/prometheus-history.ts';
import type { Court, Sat, Sitting, SittingProgress } from '../../tuning/backtest/sitting.ts';
import type { Bench } from '../../tuning/backtest/sittings.ts';
import { unheard } from '../../tuning/backtest/trial.ts';
import { askThread } from './ask-thread.ts';
import { threadMegabytes } from './thread-megabytes.ts';

/** More would ask more of Prometheus at once than a person with a dashboard does. */
const mostThreads = 2;

// Compiled to JavaScript or run as TypeScript: the worker stands beside this module in the same form.
const workerUrl = new URL(`./bench-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

export const benchInThreads =
  (server: Parameters<typeof prometheusHistory>[0]) =>
  (court: Court): Bench => {
    const idle: Worker[] = [];
    const all = new Set<Worker>();
    const start = (): Worker => {
      const worker = new Worker(workerUrl, { workerData: { server, court }, resourceLimits: threadMegabytes });
      all.add(worker);
      return worker;
    };
    return {
      atOnce: Math.min(mostThreads, availableParallelism()),
      sit: async (sitting, { signal, onProgress }) => {
        const worker = idle.pop() ?? start();
        const sat = await askThread<SittingProgress, Sat>(worker, sitting, { signal, onTold: onProgress });
        idle.push(worker);
        return sat.ok ? sat.value : unjudged(sitting, sat.error);
      },
      close: async () => {
        await Promise.all([...all].map((worker) => worker.terminate()));
      },
    };
  };

/** A thread that breaks down, or a person who has seen enough, leaves the sitting unjudged. */
const unjudged = ({ briefs }: Sitting, failure: string | null): Sat => ({
  outcomes: briefs.map(unheard),
  stoppedAtMs: Math.min(...briefs.map(({ segment }) => segment.fromMs)),
  failure,
  gaps: [],
});
