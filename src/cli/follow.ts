/** Looks again and again until a look says that it is over, or Ctrl-C or a key does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExitCode, exitCodes } from './exit-codes.ts';

const never = new Promise<ExitCode>(() => {});

/** `look` answers the exit code to end with, or null to be called again after `everyMs`; `left`: somebody has seen enough. */
export const follow = async (
  look: () => Promise<ExitCode | null>,
  everyMs: number,
  left: Promise<ExitCode> = never,
): Promise<ExitCode> => {
  const stop = new AbortController();
  const told = Promise.withResolvers<ExitCode>();
  const onSignal = (): void => told.resolve(exitCodes.interrupted);
  for (const signal of signals) process.once(signal, onSignal);
  const over = Promise.race([told.promise, left]);
  void over.then(() => stop.abort());
  try {
    for (;;) {
      const code = await Promise.race([look(), over]);
      if (code !== null) return code;
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return await over;
    }
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
