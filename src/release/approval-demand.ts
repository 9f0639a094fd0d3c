/** An approval that a policy wants before a release gets traffic, and what was said of it. */
/** What a policy wants. */
export interface ApprovalDemand {
  /** `security`, `change-request`. */
  readonly name: string;
  /** Who may give it, as the controller knows them; none: whoever may give orders. */
  readonly by: readonly string[];
  /** How long it counts; null: until it is used. */
  readonly expiresMs: number | null;
}

export interface Approval extends ApprovalDemand {
  readonly given: { readonly who: string; readonly reason: string; readonly atMs: number } | null;
}
