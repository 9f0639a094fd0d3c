/** A policy as lists tell of it: what it serves, what is frozen, and whether it can be used. */

/** What its Deployment asks for. */
export type AskedFor =
  /** `pending`: why nothing came of it yet; null: it is stable, is being released, or was released before. */
  | { readonly kind: 'known'; readonly revision: string; readonly pending: string | null }
  | { readonly kind: 'unknown'; readonly why: string };

export interface PolicySummary {
  readonly name: string;
  readonly namespace: string;
  readonly file: string;
  readonly stable: string | null;
  readonly previous: string | null;
  readonly frozen: readonly string[];
  /** What is wrong with its files now, if anything: no new release starts before it is mended. */
  readonly problem: string | null;
  /** In a cluster; null: nothing asks but people, or a list was wanted that is read from the objects alone. */
  readonly asked: AskedFor | null;
}
