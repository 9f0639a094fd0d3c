/** Where a container is; what its status says is made of this. */

export interface Terminated {
  readonly kind: 'terminated';
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAtMs: number }
  | Terminated;

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly last: Terminated | null;
  readonly restarts: number;
  /** Its startup probe, if it has one, went well. */
  readonly started: boolean;
  readonly ready: boolean;
}

const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** As a container runtime reports it: 128 and more for a signal. */
export const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : (signalNumbers[signal] ?? 1));
