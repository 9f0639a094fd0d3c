/** Runs many seeded runs in batches on a pool of threads, one for each core. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const batchSize = 100;

/** The runs from `from` to before `to` of what `name` says. */
export interface Batch {
  readonly name: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

export interface Pool<Ending> {
  readonly cores: number;
  /** All endings of `runs` runs; `onProgress` hears how many are done. */
  run(what: Omit<Batch, 'from' | 'to'>, runs: number, onProgress: (done: number) => void): Promise<readonly Ending[]>;
  close(): Promise<void>;
}

/** `worker`: a thread's program, which answers each batch with its endings. */
export const startPool = <Ending>(worker: URL): Pool<Ending> => {
  const cores = availableParallelism();
  const workers = Array.from({ length: cores }, () => new Worker(worker));
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
            endings.push(...(await ask<Ending>(worker, { ...what, from, to: next })));
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

const ask = <Ending>(worker: Worker, batch: Batch): Promise<readonly Ending[]> =>
  new Promise((resolve, reject) => {
    const done = (endings: readonly Ending[]): void => {
      worker.off('error', reject);
      resolve(endings);
    };
    worker.once('message', done);
    worker.once('error', reject);
    worker.postMessage(batch);
  });
