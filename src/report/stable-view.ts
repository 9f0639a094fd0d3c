/** Which revision of a policy is stable, and who said so, as programs read it. */
import type { PolicyState } from '../release/store.ts';

export interface StableView {
  readonly policy: string;
  readonly stable: string | null;
  readonly previous: string | null;
  /** null: it became stable by a release. */
  readonly by: { readonly who: string; readonly reason: string; readonly atMs: number } | null;
}

export function stableView({ adopted, policy, previous, stable }: PolicyState): StableView {
  const isByOrder = adopted !== undefined && adopted.revision === stable;
  const by = isByOrder ? { who: adopted.who, reason: adopted.reason, atMs: adopted.atMs } : null;
  return { policy, stable, previous, by };
}
