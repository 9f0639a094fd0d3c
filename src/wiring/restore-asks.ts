/** What is asked outside after a restore: whether alerts still fire, and whoever can tell that the data is sound. */
import type { Heard, Question } from '../checks/checks.ts';
import { messageOf } from '../lib/message-of.ts';
import { pause } from '../lib/pause.ts';
import type { RestoreCheck } from '../report/restore-report.ts';
import { span } from '../verdict/words.ts';
import type { RestoreAsk } from './check-desk.ts';

/** What each of them is told, besides its own name and number. */
export type RestoredQuestion = Omit<Question, 'check' | 'stage'>;

export interface AskingPatience {
  /** Who says nothing that counts is asked again for so long. */
  readonly forMs: number;
  readonly againMs: number;
  /** Then nobody waits any longer. */
  readonly longestMs: number;
}

const usual: AskingPatience = { forMs: 60_000, againMs: 2_000, longestMs: 600_000 };

export class RestoreAsks {
  readonly #asks: readonly RestoreAsk[];
  readonly #patience: AskingPatience;
  readonly #ending = new AbortController();

  constructor(asks: readonly RestoreAsk[], patience = usual) {
    this.#asks = asks;
    this.#patience = patience;
  }

  /** All at once, each bounded in time. Never rejects. */
  async about(what: RestoreAsk['about'], question: RestoredQuestion): Promise<readonly RestoreCheck[]> {
    const asks = this.#asks.filter(({ about }) => about === what);
    return Promise.all(asks.map(async (each) => told(each.name, await this.#heard(each, question))));
  }

  close(): void {
    this.#ending.abort();
  }

  async #heard({ ask, name }: RestoreAsk, question: RestoredQuestion): Promise<Heard> {
    const { againMs, forMs, longestMs } = this.#patience;
    const late = AbortSignal.timeout(longestMs);
    const signal = AbortSignal.any([late, this.#ending.signal]);
    const begunMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      const asked = { ...question, id: `${question.id}/${name}/${attempt}`, check: name, stage: 'onRestore' };
      const heard = await Promise.race([ask(asked, signal).catch(thrown), givenUp(signal)]);
      if (late.aborted) return unknown(`no answer within ${span(longestMs)}`);
      if (signal.aborted) return unknown('the controller ended before the answer came');
      if (heard.outcome !== 'pending' || performance.now() - begunMs >= forMs) return heard;
      await pause(againMs, signal);
    }
  }
}

const unknown = (message: string): Heard => ({ outcome: 'pending', message, tookMs: null });

const thrown = (error: unknown): Heard => unknown(messageOf(error));

const givenUp = (signal: AbortSignal): Promise<Heard> =>
  new Promise((resolve) => {
    const end = (): void => resolve(unknown('it was given up'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

const told = (name: string, { message, outcome }: Heard): RestoreCheck => ({
  name,
  state: outcome === 'pending' ? 'unknown' : outcome,
  evidence: message,
});
