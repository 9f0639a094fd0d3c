/** A newer revision asks to take over: this release makes way first. */
import type { Change } from './log.ts';
import type { OwnRollback } from './own-rollback.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';

export interface Successor {
  readonly revision: string;
  readonly who: string;
  /** What was said about its rollback; left out: nothing. */
  readonly rollback?: OwnRollback | null;
  readonly nowMs: number;
}

/** The newest word on the successor counts; a release that is over, or delivers that revision itself, stays as it is. */
export function supersede(release: Release, { revision, rollback = null, who, nowMs }: Successor): Change<Release> {
  const isNewWord = rollback !== null && rollback.rollback !== release.successorRollback?.rollback;
  const isKnown = release.supersededBy === revision && !isNewWord;
  if (isOver(release) || isKnown || release.revision === revision) return { release, log: [] };
  const message = `${who} asks for revision ${revision}: ${release.revision} makes way, its weight goes to 0 first`;
  const data = { successor: revision, who, weight: release.weight.desired };
  return {
    release: { ...release, supersededBy: revision, successorRollback: rollback },
    log: [{ atMs: nowMs, kind: 'action', reason: 'SupersedeOrdered', message, data }],
  };
}
