/** A check: something outside that is asked how a release fares; when it is asked, what its answer does, and what was heard. */

export const checkStages = [
  'beforeTraffic',
  'afterWeight',
  'beforePromotion',
  'afterPromotion',
  'onRollback',
  'onFailure',
  'onRestore',
] as const;

export type CheckStage = (typeof checkStages)[number];

export interface CheckDemand {
  readonly name: string;
  readonly kind: 'http' | 'health' | 'alertmanager' | 'job' | 'load' | 'query' | 'targets';
  /** When it is asked; none: over and over, from before the first traffic to the end of the watch, and once more after a rollback. */
  readonly stages: readonly CheckStage[];
  /** What a failure does. `usual`: holds before the first traffic, takes back after it. `record`: nothing waits for it. */
  readonly onFail: 'usual' | 'rollback' | 'hold' | 'record';
  /** Between two questions: of one that is asked over and over, and of one that failed and holds. */
  readonly everyMs: number;
  /** Bad answers in a row that make it failed. */
  readonly failures: number;
  /** Asked after a rollback, too: what it asks is still there then. */
  readonly survives: boolean;
  /** Stands among the gates. */
  readonly isGate: boolean;
  /** Who may go on without it, as the controller knows them; none: whoever may give orders. */
  readonly overrideBy: readonly string[];
}

/** A question that costs nobody anything, whose answer is of the moment: asked again although it passed, for as long as it counts. */
export const isOfTheMoment = ({ kind, stages }: CheckDemand): boolean =>
  stages.length === 0 || kind === 'query' || kind === 'targets';

/** What was heard at one place of the release's way. */
export interface CheckRun {
  /** `beforeTraffic`, `afterWeight/0`, `always`, `afterRollback`: see checks/places.ts. */
  readonly place: string;
  /** Of the question that is under way, or was answered last; from 1. */
  readonly attempt: number;
  /** `pending`: no answer yet, or none that says anything. */
  readonly state: 'pending' | 'passed' | 'failed';
  /** A sentence without its full stop. */
  readonly message: string;
  readonly sinceMs: number;
  readonly askedAtMs: number;
  /** null: it has not answered since `askedAtMs`. */
  readonly answeredAtMs: number | null;
  /** What the last answer took; null: none came. */
  readonly tookMs: number | null;
  readonly failedInARow: number;
  /** A person's order to go on without it. */
  readonly override: { readonly who: string; readonly reason: string; readonly atMs: number } | null;
}

export interface ReleaseCheck {
  readonly demand: CheckDemand;
  readonly runs: readonly CheckRun[];
}

/** What is asked after a restore only is no release's. */
export const checksOf = (demands: readonly CheckDemand[]): readonly ReleaseCheck[] =>
  demands.filter((demand) => !isForRestores(demand)).map((demand) => ({ demand, runs: [] }));

const isForRestores = ({ stages }: CheckDemand): boolean =>
  stages.length > 0 && stages.every((stage) => stage === 'onRestore');

/** Not failed any more once a person went without it. */
export const isSettled = ({ override, state }: CheckRun): boolean => state === 'passed' || override !== null;
