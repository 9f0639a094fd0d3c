/** What a release needs a person for, if anything, and the commands that answer it. */
import type { Release } from '../release/release.ts';

export interface Attention {
  /** The gate's reason, CamelCase. */
  readonly reason: string;
  readonly message: string;
  /** Commands without the release's name; empty: something outside of Sluice has to be mended. */
  readonly answers: readonly string[];
}

const resume = 'resume --reason TEXT';
const abort = 'abort --reason TEXT';
const promote = 'promote --reason TEXT';

/** Holds that no waiting lifts. */
const personsWord: ReadonlyMap<string, readonly string[]> = new Map([
  ['Paused', [resume, abort]],
  ['InvestigationOpen', ['answer --reason TEXT', abort]],
  ['WeightLowered', [resume, abort]],
  ['WeightOwnedByGitOps', [resume, abort]],
  ['LimitReached', [promote, abort]],
  ['AwaitingOrder', [promote, abort]],
  ['GateFailed', ['override GATE --reason TEXT', abort]],
  ['CheckFailed', ['override CHECK --reason TEXT', abort]],
  ['ApprovalPending', ['approve --as NAME', abort]],
  ['RollbackAwaitsOrder', [abort]],
  ['RollbackForbidden', [abort]],
  ['SupersedeForbidden', [abort]],
  ['PromotionStalled', [abort]],
  ['WouldRollBack', []],
  ['NothingToGoBackTo', []],
  ['StableNotReady', []],
]);

/** Null: it goes on, or ends, by itself. */
export const attentionOf = ({ waiting }: Release): Attention | null => {
  const answers = waiting === null ? undefined : personsWord.get(waiting.reason);
  return waiting === null || answers === undefined
    ? null
    : { reason: waiting.reason, message: waiting.message, answers };
};
