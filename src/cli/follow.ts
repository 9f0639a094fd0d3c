/** Looks again and again until a look says that it is over, or Ctrl-C does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** `look` answers the exit code to end with, or null to be called again after `everyMs`. */
export const follow = async (look: () => Promise<ExitCode | null>, everyMs: number): Promise<ExitCode> => {
  const stop = new AbortController();
  const interrupted = new Promise<ExitCode>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(exitCodes.interrupted));
  });
  const onSignal = (): void => stop.abort();
  for (const signal of signals) process.once(signal, onSignal);
  try {
    for (;;) {
      const code = await Promise.race([look(), interrupted]);
      if (code !== null) return code;
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return exitCodes.interrupted;
    }
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
};

const signals = ['SIGINT', 'SIGTERM'] as const;
