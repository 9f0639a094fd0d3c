/** The posts of a controller of several namespaces: each is kept by itself, and one that can't be is tried again, whatever becomes of the others. */
import { messageOf } from '../../lib/message-of.ts';
import { pause } from '../../lib/pause.ts';
import { failed, type Result } from '../../lib/result.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface PostsOptions {
  /** Works there until the signal comes; may end before. */
  readonly keep: (namespace: string, stop: AbortSignal) => Promise<Result<void>>;
  /** It is let go: not between two tries. */
  readonly left?: (namespace: string) => void;
  readonly log: Logger;
  /** Of all. */
  readonly stop: AbortSignal;
  /** Between two tries; left out: five seconds. */
  readonly againMs?: number;
  /** One that was dropped ends so much later, if it was not added again; left out: half a minute. */
  readonly dropMs?: number;
}

interface Kept {
  readonly ending: AbortController;
  readonly run: Promise<void>;
  dropping: NodeJS.Timeout | null;
  /** Wanted again while it was ending. */
  isNext: boolean;
}

export class Posts {
  readonly #options: Required<PostsOptions>;
  readonly #kept = new Map<string, Kept>();

  constructor(options: PostsOptions) {
    this.#options = { againMs: 5_000, dropMs: 30_000, left: () => undefined, ...options };
  }

  add(namespace: string): void {
    const known = this.#kept.get(namespace);
    if (known !== undefined) {
      clearTimeout(known.dropping ?? undefined);
      known.dropping = null;
      known.isNext = known.ending.signal.aborted;
      return;
    }
    if (this.#options.stop.aborted) return;
    const ending = new AbortController();
    const run = this.#keep(namespace, AbortSignal.any([ending.signal, this.#options.stop]));
    this.#kept.set(namespace, { ending, run, dropping: null, isNext: false });
  }

  /** Nothing there needs anybody any more, for all that is known. */
  drop(namespace: string): void {
    const known = this.#kept.get(namespace);
    if (known === undefined) return;
    known.isNext = false;
    if (known.dropping !== null) return;
    known.dropping = setTimeout(() => known.ending.abort(), this.#options.dropMs);
  }

  /** Exactly these are wanted. */
  want(namespaces: ReadonlySet<string>): void {
    for (const namespace of namespaces) this.add(namespace);
    for (const namespace of this.#kept.keys()) if (!namespaces.has(namespace)) this.drop(namespace);
  }

  /** When all have ended. */
  async settled(): Promise<void> {
    while (this.#kept.size > 0) await Promise.all([...this.#kept.values()].map(({ run }) => run));
  }

  #isDropped(namespace: string): boolean {
    return (this.#kept.get(namespace)?.dropping ?? null) !== null;
  }

  async #keep(namespace: string, stop: AbortSignal): Promise<void> {
    const { againMs, keep, log } = this.#options;
    while (!stop.aborted) {
      const kept = await keep(namespace, stop).catch((thrown: unknown) => failed(defect(thrown)));
      if (!kept.ok) log.error({ namespace, ...kept.error }, 'a namespace is not looked after, which is tried again');
      // It ended by itself, and is not wanted any more.
      if (this.#isDropped(namespace)) break;
      await pause(againMs, stop);
    }
    const known = this.#kept.get(namespace);
    clearTimeout(known?.dropping ?? undefined);
    this.#kept.delete(namespace);
    this.#options.left(namespace);
    if (known?.isNext === true) this.add(namespace);
  }
}

const defect = (thrown: unknown) => ({ reason: 'Defect', message: messageOf(thrown), retryable: true });
