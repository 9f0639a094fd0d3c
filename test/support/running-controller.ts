/** `sluice run` as a process of its own: started, killed and started again on the same state. */
import { type AtEnd, atTestEnd } from './at-end.ts';
import type { TestProcess } from './process.ts';
import { startSluice } from './sluice-command.ts';

export interface RunningController {
  /** Of the API; another one after `start`. */
  url(): string;
  process(): TestProcess;
  /** When it was not running, epoch ms. */
  readonly gone: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** SIGKILL: nothing is finished, nothing is cleaned up. */
  kill(): Promise<void>;
  /** Settles when the API answers. */
  start(): Promise<void>;
  /** Starts another one on the same folder; settles when it says that it waits. */
  standby(): Promise<Standby>;
  /** What all of them wrote, one after the other. */
  output(): string;
}

export interface Standby {
  readonly process: TestProcess;
  /** Where it answers while it waits. */
  readonly url: string;
  /** Waits until it leads; from then on it is the controller. */
  takesOver(withinMs: number): Promise<void>;
}

export interface ControllerOptions {
  readonly policyFile: string;
  readonly stateDir: string;
  readonly compress: number;
  /** Of `sluice run`, besides the usual. */
  readonly words?: readonly string[];
  readonly atEnd?: AtEnd;
}

export async function runController(options: ControllerOptions): Promise<RunningController> {
  const { policyFile, stateDir, compress, atEnd = atTestEnd } = options;
  const usual = ['run', policyFile, '--state', stateDir, '--listen', '127.0.0.1:0', '--compress', String(compress)];
  const words = [...usual, ...(options.words ?? [])];
  const gone: { fromMs: number; toMs: number }[] = [];
  const runs: TestProcess[] = [];
  const begin = async (): Promise<{ readonly process: TestProcess; readonly url: string }> => {
    const process = startSluice(words, { atEnd });
    runs.push(process);
    const [, url = ''] = await process.says(/API at (http:\S+)/);
    return { process, url };
  };
  let running = await begin();
  return {
    url: () => running.url,
    process: () => running.process,
    gone,
    kill: async () => {
      await running.process.end('SIGKILL');
      gone.push({ fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY });
    },
    start: async () => {
      running = await begin();
      const last = gone.at(-1);
      if (last?.toMs === Number.POSITIVE_INFINITY) last.toMs = Date.now();
    },
    standby: async () => {
      const process = startSluice(words, { atEnd });
      runs.push(process);
      const [, url = ''] = await process.says(/standby at (http:[^\s)]+)/);
      const takesOver = async (withinMs: number): Promise<void> => {
        const [, newUrl = ''] = await process.says(/API at (http:\S+)/, withinMs);
        running = { process, url: newUrl };
      };
      return { process, url, takesOver };
    },
    output: () => runs.map((run) => run.output()).join(''),
  };
}
