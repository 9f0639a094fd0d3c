/** A gate: something besides approvals that must be so before a release gets its first traffic; and what was last seen of it. */
import type { Limit } from './comparison.ts';

export interface Requirement extends Limit {
  /** Name of the number that is attested. */
  readonly value: string;
}

interface Named {
  readonly name: string;
  /** Who may pass it over, as the controller knows them; none: whoever may give orders. */
  readonly overrideBy: readonly string[];
}

export type GateDemand =
  /** A result of that name was posted for the revision. `by`: by whom it counts; none: by anybody. */
  | (Named & { readonly kind: 'attested'; readonly require: readonly Requirement[]; readonly by: readonly string[] })
  /** Stable serves, and is within the limit of each critical rule. */
  | (Named & { readonly kind: 'stable' })
  /** The metrics answer, and show stable's numbers for each critical rule. */
  | (Named & {
      readonly kind: 'monitoring';
      /** Why its scrape targets are not looked at; left out: they are, by a check of their own, or there are none. */
      readonly untold?: string;
    })
  /** The newest verified backup is young enough. */
  | (Named & { readonly kind: 'backup'; readonly maxAgeMs: number })
  /** There is a backup of this release's own to go back to. Every policy with a backup has this one first. */
  | (Named & { readonly kind: 'rollbackPoint' })
  /** Every image is named by its digest. `attested`: a result of that name has posted the same digests; null: nobody has to. */
  | (Named & {
      readonly kind: 'image';
      readonly attested: string | null;
      readonly by: readonly string[];
      /** Names of those that count; none: all. */
      readonly containers: readonly string[];
    })
  /** Somebody is there to be called. */
  | (Named & { readonly kind: 'onCall'; readonly contacts: readonly string[] });

/** What a look at a gate came to. */
export interface GateOutcome {
  /** `waiting`: nothing can be said yet. */
  readonly state: 'waiting' | 'passed' | 'failed';
  /** What was seen, in a sentence without its full stop. */
  readonly evidence: string;
  /** What to do when it has not passed: a sentence without its full stop. */
  readonly todo: string;
  /** Whose word it rests on; null: nobody's. */
  readonly who: string | null;
}

export interface Gate {
  readonly demand: GateDemand;
  readonly seen: GateOutcome;
  /** Since when it is in that state; null: it was not looked at yet. */
  readonly sinceMs: number | null;
  /** Lines that told of its changes, and when the last one did; left out: none. */
  readonly told?: { readonly times: number; readonly atMs: number };
  /** A person's order to go on without it. */
  readonly override: { readonly who: string; readonly reason: string; readonly atMs: number } | null;
}

const unseen: GateOutcome = { state: 'waiting', evidence: 'not looked at yet', todo: 'wait', who: null };

export const gatesOf = (demands: readonly GateDemand[]): readonly Gate[] =>
  demands.map((demand) => ({ demand, seen: unseen, sinceMs: null, override: null }));

export const isClosed = ({ override, seen }: Gate): boolean => seen.state !== 'passed' && override === null;

export const rollbackPointGate = ({ overrideBy }: { readonly overrideBy: readonly string[] }): GateDemand => ({
  kind: 'rollbackPoint',
  name: rollbackPointName,
  overrideBy,
});

export const rollbackPointName = 'rollback-point';

/** Closed: until then nothing of the release is even started. */
export const missingRollbackPoint = (gates: readonly Gate[]): Gate | null =>
  gates.find((gate) => gate.demand.kind === 'rollbackPoint' && isClosed(gate)) ?? null;
