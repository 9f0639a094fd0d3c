/** Judging in threads: a core each, and a bound on the memory of each. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { prometheusHistory } from '../../metrics/prometheus-history.ts';
import type { Court, Hooks, Sat, Sitting } from '../../tuning/backtest/sitting.ts';
import type { Bench } from '../../tuning/backtest/sittings.ts';
import { unheard } from '../../tuning/backtest/trial.ts';
import type { WorkerWord } from './bench-worker.ts';

/** More would ask more of Prometheus at once than a person with a dashboard does. */
const mostThreads = 4;

/** A chunk of history and what is remembered of it fit several times; without a bound the collector waits for long. */
const threadMegabytes = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

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
      sit: async (sitting, hooks) => {
        const worker = idle.pop() ?? start();
        const sat = await ask(worker, sitting, hooks);
        idle.push(worker);
        return sat;
      },
      close: async () => {
        await Promise.all([...all].map((worker) => worker.terminate()));
      },
    };
  };

/** Never rejects: a thread that breaks down, or a person who has seen enough, leaves the sitting unjudged. */
function ask(worker: Worker, sitting: Sitting, { signal, onProgress }: Hooks): Promise<Sat> {
  const { promise, resolve } = Promise.withResolvers<Sat>();
  const giveUp = (failure: string | null): void => resolve(unjudged(sitting, failure));
  const stop = (): void => giveUp(null);
  const hear = (word: WorkerWord): void => {
    if (word.kind === 'sat') resolve(word.sat);
    else onProgress(word.progress);
  };
  const fail = (error: Error): void => giveUp(`the judging thread broke down: ${error.message}`);
  const exit = (): void => giveUp('the judging thread ended');
  signal.addEventListener('abort', stop);
  worker.on('message', hear).on('error', fail).on('exit', exit);
  if (signal.aborted) stop();
  else worker.postMessage(sitting);
  return promise.finally(() => {
    signal.removeEventListener('abort', stop);
    worker.off('message', hear).off('error', fail).off('exit', exit);
  });
}

const unjudged = ({ briefs }: Sitting, failure: string | null): Sat => ({
  outcomes: briefs.map(unheard),
  stoppedAtMs: Math.min(...briefs.map(({ segment }) => segment.fromMs)),
  failure,
  gaps: [],
});
