/** How fast processes are probed, restarted and stopped; tests are more impatient. */
import { defaultProbeTiming, type ProbeTiming } from './prober.ts';

export interface ProcessTiming {
  readonly probe: ProbeTiming;
  /** Between looks at a process that an earlier controller started; the death of an own child is told at once. */
  readonly aliveMs: number;
  /** Between a first death and the next start; doubles with every further one. */
  readonly restartMs: number;
  /** How long a host is given up for after the last try of a command. */
  readonly hostRetryMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Between the last new request and SIGTERM, for the open ones. */
  readonly drainMs: number;
  /** Up for so long, an instance has left its failures behind. */
  readonly stableMs: number;
  /** Between comparisons of the data plane with the ready instances. */
  readonly followMs: number;
  /** Between looks at the size of the logs. */
  readonly logsMs: number;
  /** Size at which a log is moved to `.1`, bytes. */
  readonly logBytes: number;
}

export const defaultProcessTiming: ProcessTiming = {
  probe: defaultProbeTiming,
  aliveMs: 250,
  restartMs: 200,
  hostRetryMs: 60_000,
  graceMs: 10_000,
  drainMs: 1_000,
  stableMs: 10_000,
  followMs: 1_000,
  logsMs: 10_000,
  logBytes: 5_242_880,
};
