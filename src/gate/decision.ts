/** What the gate answers: exactly one thing to do, with a reason for machines and a sentence for people. */

export type Decision = Hold | Rise | Rollback;

export interface Hold {
  readonly kind: 'hold';
  readonly reason: string;
  readonly message: string;
  readonly rule: string | null;
  /** A breach was found that nobody may act on yet: the weight never rises again for this release. */
  readonly latch: boolean;
}

/** `advance`: the next step's weight; `promote`: the revision becomes stable. */
export interface Rise {
  readonly kind: 'advance' | 'promote';
  readonly reason: string;
  readonly message: string;
  readonly rule: null;
}

export interface Rollback {
  readonly kind: 'rollback';
  readonly reason: string;
  readonly message: string;
  readonly rule: string | null;
}
