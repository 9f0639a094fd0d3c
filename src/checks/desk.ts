/**
 * Asks in the background and keeps what is heard until somebody takes note of it.
 *
 *   latest(wanted) ──new──► asking ──answer──► known ──not wanted any more──► forgotten
 *                              └──not wanted any more──► given up
 */
import { messageOf } from '../lib/message-of.ts';
import type { Answered, Checks, Heard, Question } from './checks.ts';

/** Reason of a signal: the question has nothing to be asked for any more. Without it, another controller goes on asking. */
export const notWanted = 'not wanted any more';

/** Asks one question. The signal ends it early; what it answers then is of no use. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<Heard>;

interface Asking {
  readonly release: string;
  readonly giveUp: AbortController;
  heard: Heard | null;
}

export interface DeskOptions {
  readonly namespace: string;
  /** null: the policy of now has no check of that name. */
  readonly askOf: (check: string) => Ask | null;
}

export class CheckDesk implements Checks {
  readonly namespace: string;
  readonly #askOf: (check: string) => Ask | null;
  readonly #asking = new Map<string, Asking>();

  constructor({ askOf, namespace }: DeskOptions) {
    this.namespace = namespace;
    this.#askOf = askOf;
  }

  latest(release: string, wanted: readonly Question[]): readonly Answered[] {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, asking] of this.#asking) if (asking.release === release && !ids.has(id)) this.#forget(id, asking);
    return wanted.flatMap((question) => {
      const { heard } = this.#asking.get(question.id) ?? this.#begin(question);
      return heard === null ? [] : [{ ...heard, id: question.id }];
    });
  }

  /** Gives everything up, for whoever comes next. */
  close(): void {
    for (const { giveUp } of this.#asking.values()) giveUp.abort();
    this.#asking.clear();
  }

  #begin(question: Question): Asking {
    const asking: Asking = { release: question.release, giveUp: new AbortController(), heard: null };
    this.#asking.set(question.id, asking);
    const ask = this.#askOf(question.check) ?? gone;
    // Never within the pass that begins it.
    void Promise.resolve()
      .then(() => ask(question, asking.giveUp.signal))
      .catch((thrown: unknown): Heard => ({ outcome: 'pending', message: messageOf(thrown), tookMs: null }))
      .then((heard) => {
        asking.heard = heard;
      });
    return asking;
  }

  #forget(id: string, { giveUp }: Asking): void {
    giveUp.abort(notWanted);
    this.#asking.delete(id);
  }
}

const gone: Ask = async ({ check, policy }) => ({
  outcome: 'pending',
  message: `policy ${policy} has no check ${check} any more: put it back, or override it with a reason`,
  tookMs: null,
});
