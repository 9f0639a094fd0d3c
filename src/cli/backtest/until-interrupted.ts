/** Ctrl-C as a wish: the first one ends the work in an orderly way, a second one ends the program. */

export interface Interruption {
  readonly signal: AbortSignal;
  /** Ctrl-C ends the program again. */
  readonly end: () => void;
}

export function untilInterrupted(): Interruption {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    signal: controller.signal,
    end: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
