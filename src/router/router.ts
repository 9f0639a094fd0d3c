/** Port: who gets how much. A router holds one split of a service's traffic and writes it absolutely and conditionally. */
import type { Result } from '../lib/result.ts';

/** What the data plane says about itself. Percentages are integers that sum to 100. */
export interface RouteState {
  readonly canary: number;
  readonly stable: number;
  /** Changes with every write; an increase must quote it. */
  readonly version: string;
  /** Highest controller epoch that has written; lower ones are refused. 0: none. */
  readonly epoch: number;
  /** Release that the split belongs to, null before the first. */
  readonly release: string | null;
  /** Latch: the release that was taken back, never to be raised again. */
  readonly rolledBack: string | null;
  /** Start of the data plane's process, epoch ms; null where weights outlive it. A change: weights must be written again. */
  readonly startedAtMs: number | null;
  /** The data plane's own dead man's switch took the weight away, and nobody has written one since; left out: it did not. */
  readonly switchedOff?: SwitchedOff | undefined;
  /** Backends that exist and have a ready endpoint. */
  readonly canaryReady: boolean;
  readonly stableReady: boolean;
  /** Requests sent to each backend since the present weights were written (the observed share); null: not countable here. */
  readonly since: { readonly canary: number; readonly stable: number } | null;
  /** Users' requests that got an answer, and that got an error (5xx) or none, since the data plane's process began; left out: not counted here. */
  readonly answered?: { readonly ok: number; readonly failed: number } | undefined;
  /** Requests in flight on the canary, for the drain; null: not known here. */
  readonly canaryInFlight: number | null;
  /** Identity of the object that holds the split: another one took its place where it changes. Left out: there is none. */
  readonly object?: string;
  /** Who else wrote the split last; null: nobody, or it is not known. Left out: not known here. */
  readonly writer?: RouteWriter | null;
  /** Processes of the data plane that do not answer; all else is said of the others. Without it: all answer. */
  readonly missing?: readonly MissingPart[];
}

export interface RouteWriter {
  /** As it names itself. */
  readonly name: string;
  /** How it is told to leave the weights alone; null: it is no manager that writes back what stands in Git. */
  readonly ignore: string | null;
}

export interface MissingPart {
  readonly name: string;
  /** What was tried, why it failed, and what to look at. */
  readonly message: string;
  /** `nobody`: nothing listens there any more. `unknown`: it may still send users where it did. */
  readonly serves: 'nobody' | 'unknown';
}

/** All processes of the data plane answer: what is read is the whole. */
export const isWhole = ({ missing = [] }: Pick<RouteState, 'missing'>): boolean => missing.length === 0;

/** No process that is missing can send anybody anywhere. */
export const missingServeNobody = ({ missing = [] }: Pick<RouteState, 'missing'>): boolean =>
  missing.every(({ serves }) => serves === 'nobody');

/** No controller had renewed for too long. */
export interface SwitchedOff {
  readonly atMs: number;
  /** Canary's percent before. */
  readonly from: number;
  /** Whose traffic it was; null: no release's. */
  readonly release: string | null;
  /** Time since the last renewal. */
  readonly silentMs: number;
}

export interface WeightWrite {
  readonly release: string;
  readonly epoch: number;
  /** Percent for the canary, integer 0-100; stable gets the rest. */
  readonly canary: number;
  /** An increase is conditional on it; null for a decrease, which is absolute and safe when late. */
  readonly ifVersion: string | null;
  /** Sets the latch in the same write. Only with a decrease. */
  readonly latch: boolean;
}

export type WriteFailure =
  /** Somebody else wrote: read again, decide again. */
  | 'Conflict'
  /** A newer controller owns the route: stop writing. */
  | 'Fenced'
  /** The latch, a missing backend or one without ready endpoints forbids it. */
  | 'Refused'
  /** It may have landed: call `settle` before anything is evaluated again. */
  | 'Unknown'
  | 'Unreachable';

export interface WriteProblem {
  readonly reason: WriteFailure;
  readonly message: string;
}

export interface Router {
  readonly name: string;
  /** Reads the split back. Has a time-out of its own; never rejects. */
  observe(): Promise<Result<RouteState, WriteProblem>>;
  /** One conditional write; answers the state after it. Never rejects, is never cancelled. */
  write(write: WeightWrite): Promise<Result<RouteState, WriteProblem>>;
  /** Resolves a write of unknown outcome: a re-stamp that changes the version, then a read. */
  settle(release: string, epoch: number): Promise<Result<RouteState, WriteProblem>>;
  /** Ends what is still open on the canary, for the drain; answers how many streams it ended, null: not possible here. Refused above weight 0. */
  closeStreams(epoch: number): Promise<Result<number | null, WriteProblem>>;
}
