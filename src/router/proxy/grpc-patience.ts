/** How long a gRPC call may stand still: whose turn it is decides, and is asked again when the time is over. */
import type { ProxySettings } from './settings.ts';

export type Turn =
  /** The user takes nothing of what was sent. */
  | 'unread'
  /** The user has begun a message and does not go on. */
  | 'unsent'
  /** The user has said everything, and the instance has not begun to answer. */
  | 'unanswered'
  /** Nobody has to say anything. */
  | 'idle';

export interface PatienceOptions {
  readonly limitsMs: Readonly<Record<Turn, number>>;
  readonly turn: () => Turn;
  readonly over: (turn: Turn) => void;
}

/** `allowedMs`: by the user, infinite where nothing was said; more than the proxy's own time to answer counts. */
export function turnLimitsMs(
  { clientMs, idleMs, responseMs }: ProxySettings['timeouts'],
  allowedMs: number,
): PatienceOptions['limitsMs'] {
  const unanswered = Number.isFinite(allowedMs) ? Math.max(responseMs, allowedMs) : responseMs;
  return { unread: clientMs, unsent: clientMs, unanswered, idle: idleMs };
}

/** The longest time that a timer takes. */
const longestMs = 2 ** 31 - 1;

export class GrpcPatience {
  readonly #options: PatienceOptions;
  #armed: Turn | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Something passed, or ended: the time begins anew. */
  moved(): void {
    const turn = this.#options.turn();
    if (turn === this.#armed) this.#timer?.refresh();
    else this.#arm(turn);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#armed = null;
  }

  #arm(turn: Turn): void {
    clearTimeout(this.#timer);
    this.#armed = turn;
    const limitMs = Math.min(this.#options.limitsMs[turn], longestMs);
    this.#timer = setTimeout(() => this.#look(turn), limitMs).unref();
  }

  #look(turn: Turn): void {
    const now = this.#options.turn();
    if (now === turn) this.#options.over(turn);
    else this.#arm(now);
  }
}
