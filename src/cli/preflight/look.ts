/** What a look of a preflight gets: the policy as its file says it, and nothing that runs. */
import type { Policy } from '../../release/policy.ts';
import type { Subject } from '../../tuning/check/finding.ts';
import type { PreflightLine } from './line.ts';

export interface PreflightScene {
  readonly policy: Policy;
  /** Its rules, with the file where they stand. */
  readonly rules: Subject;
  /** Folder of the controller's state, which need not exist. */
  readonly stateDir: string;
  /** Of one question. */
  readonly timeoutMs: number;
}

/** Asks one part, changes nothing, never rejects; no lines: the policy has no such part. */
export type PreflightLook = (scene: PreflightScene) => Promise<readonly PreflightLine[]>;
