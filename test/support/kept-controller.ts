/** A controller that is started again when it ends by itself, as a cluster does: on a busy machine a leader may lose its Lease. */
import type { AtEnd } from './at-end.ts';
import type { TestProcess } from './process.ts';

export interface KeptController {
  /** Of the API; another one after each start. */
  url(): string;
  /** What all of them wrote, one after the other. */
  output(): string;
  /** As an operator ends it; answers its exit code. */
  stop(): Promise<number | NodeJS.Signals>;
}

const startsWithinMs = 240_000;

/** Resolves when the API answers. */
export async function keepController(start: (atEnd: AtEnd) => TestProcess, atEnd: AtEnd): Promise<KeptController> {
  const runs: TestProcess[] = [];
  let url = '';
  const ending = new AbortController();
  const isOver = (): boolean => ending.signal.aborted;
  const begin = async (): Promise<TestProcess> => {
    const begun = start(atEnd);
    runs.push(begun);
    const ended = begun.exited.then((code) => Promise.reject(new Error(`it ended with ${code}:\n${begun.output()}`)));
    [, url = ''] = await Promise.race([begun.says(/API at (http:\S+)/, startsWithinMs), ended]);
    return begun;
  };
  let running = await begin();
  const again = async (): Promise<void> => {
    while (!isOver()) {
      await running.exited;
      if (!isOver()) running = await begin();
    }
  };
  // One that can't be started leaves an API that does not answer, which is told.
  const keeping = again().catch(() => undefined);
  const stop = async (): Promise<number | NodeJS.Signals> => {
    ending.abort();
    running.child.kill('SIGTERM');
    const code = await running.exited;
    await keeping;
    return code;
  };
  atEnd(async () => void (await stop()));
  return { url: () => url, output: () => runs.map((run) => run.output()).join(''), stop };
}
