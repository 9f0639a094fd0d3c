/** Ctrl-C, or a supervisor's SIGTERM, as a signal to wait for. */

export const toldToStop = (): AbortSignal => {
  const told = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => told.abort());
  return told.signal;
};
