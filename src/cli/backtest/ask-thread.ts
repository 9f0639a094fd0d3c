/** One question to a thread: what it tells on the way, and its answer. */
import type { Worker } from 'node:worker_threads';
import { failed, ok, type Result } from '../../lib/result.ts';

/** What a thread posts. */
export type ThreadWord<Told, Answer> =
  | { readonly kind: 'told'; readonly told: Told }
  | { readonly kind: 'answer'; readonly answer: Answer };

export interface Listening<Told> {
  readonly signal: AbortSignal;
  readonly onTold: (told: Told) => void;
}

/** Never rejects: the error says why the thread broke down; null: a person has seen enough. */
export function askThread<Told, Answer>(
  worker: Worker,
  question: unknown,
  { signal, onTold }: Listening<Told>,
): Promise<Result<Answer, string | null>> {
  const { promise, resolve } = Promise.withResolvers<Result<Answer, string | null>>();
  const stop = (): void => resolve(failed(null));
  const hear = (word: ThreadWord<Told, Answer>): void => {
    if (word.kind === 'answer') resolve(ok(word.answer));
    else onTold(word.told);
  };
  const fail = (error: Error): void => resolve(failed(`a thread broke down: ${error.message}`));
  const exit = (): void => resolve(failed('a thread ended before it had an answer'));
  signal.addEventListener('abort', stop);
  worker.on('message', hear).on('error', fail).on('exit', exit);
  if (signal.aborted) stop();
  else worker.postMessage(question);
  return promise.finally(() => {
    signal.removeEventListener('abort', stop);
    worker.off('message', hear).off('error', fail).off('exit', exit);
  });
}
