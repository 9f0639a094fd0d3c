/** Runs a scenario's batches on a pool of threads, one for each core. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Batch } from './catalogue.ts';
import type { Ending } from './ending.ts';

const batchSize = 100;

export interface Pool {
  readonly cores: number;
  /** All endings of `runs` runs; `onProgress` hears how many are done. */
  run(what: Omit<Batch, 'from' | 'to'>, runs: number, onProgress: (done: number) => void): Promise<readonly Ending[]>;
  close(): Promise<void>;
}

export const startPool = (): Pool => {
  const cores = availableParallelism();
  const workers = Array.from({ length: cores }, () => new Worker(new URL('./worker.ts', import.meta.url)));
  return {
    cores,
    run: async (what, runs, onProgress) => {
      const endings: Ending[] = [];
      let next = 0;
      await Promise.all(
        workers.map(async (worker) => {
          while (next < runs) {
            const from = next;
            next = Math.min(runs, from + batchSize);
            endings.push(...(await ask(worker, { ...what, from, to: next })));
            onProgress(endings.length);
          }
        }),
      );
      return endings;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};

const ask = (worker: Worker, batch: Batch): Promise<readonly Ending[]> =>
  new Promise((resolve, reject) => {
    const done = (endings: readonly Ending[]): void => {
      worker.off('error', reject);
      resolve(endings);
    };
    worker.once('message', done);
    worker.once('error', reject);
    worker.postMessage(batch);
  });
