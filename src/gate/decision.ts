/** What the gate answers: exactly one thing to do, with a reason for machines and a sentence for people. */

export type Decision = Hold | Rise | Rollback;

/** What was found: `rule` if one decided. */
export interface Finding {
  readonly reason: string;
  readonly message: string;
  readonly rule: string | null;
}

export interface Hold extends Finding {
  readonly kind: 'hold';
  /** Found against the canary while nobody may act on it yet: the weight never rises again for this release. */
  readonly latch: Finding | null;
}

/** `advance`: the next step's weight; `promote`: the revision becomes stable. */
export interface Rise extends Finding {
  readonly kind: 'advance' | 'promote';
  readonly rule: null;
}

export interface Rollback extends Finding {
  readonly kind: 'rollback';
}

/** An objection that lifts by itself, or by a person's word. */
export const hold = (reason: string, message: string, rule: string | null = null): Hold => ({
  kind: 'hold',
  reason,
  message,
  rule,
  latch: null,
});
