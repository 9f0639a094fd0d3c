/** Waiting that a signal cuts short. */

/** For a look after a wait, which the compiler does not take for one that may have changed it. */
export const isOver = (signal: AbortSignal): boolean => signal.aborted;

export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
