/** One controller of a plan, from its start to its end: a process, or one that lives in this process behind a proxy that can be cut. */

import { shippedFlags } from '../bench/rig/shipped-flags.ts';
import type { AtEnd } from '../support/at-end.ts';
import { isAlive, signalById } from '../support/process.ts';
import { startSluice } from '../support/sluice-command.ts';

export interface Incarnation {
  /** 0: it has no process of its own. */
  readonly pid: number;
  isAlive(): boolean;
  /** What it said. */
  output(): string;
  /** Address of its API; null: it does not lead yet. */
  url(): string | null;
  /** When nothing of it reaches the API server any more. */
  readonly exited: Promise<unknown>;
  /** As SIGKILL ends it: at once, whatever it was about to do. */
  crash(): void;
  /** As an operator stops it. */
  stop(): Promise<unknown>;
}

export interface IncarnationOrder {
  readonly namespace: string;
  readonly kubeconfig: string;
  /** Of the operator. */
  readonly settingsFile: string;
  /** Every duration of plans and rules is divided by it. */
  readonly compression: number;
  readonly atEnd: AtEnd;
  /** `src/main.ts` of another version; default: this one. */
  readonly program?: string | undefined;
}

/** `cache`: where compiled code is kept for the next start. */
export function startProcessController(order: IncarnationOrder, cache: string): Incarnation {
  const { atEnd, compression, kubeconfig, namespace, program, settingsFile } = order;
  const place = ['--settings', settingsFile, '--namespace', namespace, '--kubeconfig', kubeconfig];
  const how = ['--no-review', '--listen', '127.0.0.1:0', '--compress', String(compression), '--log-level', 'info'];
  const started = startSluice(['controller', ...place, ...how], {
    ...{ atEnd, env: { NODE_COMPILE_CACHE: cache }, flags: shippedFlags() },
    ...(program === undefined ? {} : { program }),
  });
  const { exited, output, pid } = started;
  return {
    ...{ exited, output, pid },
    isAlive: () => isAlive(pid),
    url: () => /API at (http:\S+)/.exec(output())?.[1] ?? null,
    crash: () => void signalById(pid, 'SIGKILL'),
    stop: () => started.end('SIGTERM'),
  };
}
