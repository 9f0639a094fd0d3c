/** Entry of a judging thread: judges each sitting that it is sent, with a reader of history of its own, until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { prometheusHistory } from '../../metrics/prometheus-history.ts';
import { type Court, type Sat, type Sitting, type SittingProgress, sit } from '../../tuning/backtest/sitting.ts';

export interface WorkerStart {
  readonly server: Parameters<typeof prometheusHistory>[0];
  readonly court: Court;
}

export type WorkerWord =
  | { readonly kind: 'progress'; readonly progress: SittingProgress }
  | { readonly kind: 'sat'; readonly sat: Sat };

const { server, court } = workerData as WorkerStart;
const history = prometheusHistory(server);
const never = new AbortController().signal;
const say = (word: WorkerWord): void => parentPort?.postMessage(word);

parentPort?.on('message', (sitting: Sitting) => {
  const onProgress = (progress: SittingProgress): void => say({ kind: 'progress', progress });
  void sit({ court, history }, sitting, { signal: never, onProgress }).then((sat) => say({ kind: 'sat', sat }));
});
