/** Entry of a judging thread: judges each sitting that it is sent, with a reader of history of its own, until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { prometheusHistory } from '../../metrics/prometheus-history.ts';
import { type Court, type Sat, type Sitting, type SittingProgress, sit } from '../../tuning/backtest/sitting.ts';
import type { ThreadWord } from './ask-thread.ts';

export interface WorkerStart {
  readonly server: Parameters<typeof prometheusHistory>[0];
  readonly court: Court;
}

const { server, court } = workerData as WorkerStart;
const history = prometheusHistory(server);
const never = new AbortController().signal;
const say = (word: ThreadWord<SittingProgress, Sat>): void => parentPort?.postMessage(word);

parentPort?.on('message', (sitting: Sitting) => {
  const onProgress = (told: SittingProgress): void => say({ kind: 'told', told });
  void sit({ court, history }, sitting, { signal: never, onProgress }).then((answer) =>
    say({ kind: 'answer', answer }),
  );
});
