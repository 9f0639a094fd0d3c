/** After a start, not everything at once: revisions that seem to be others than before, though nobody was seen to change them. */
import type { Problem } from '../../lib/result.ts';

/** Begun without a person's word after one start. */
const most = 5;

/** On a ReleasePolicy: the revision that somebody says is meant. */
export const confirmedNote = 'sluice.dev/confirmed';

export class MassChange {
  /** By policy: what was asked for when this controller looked first. */
  readonly #first = new Map<string, string>();
  readonly #begun = new Set<string>();

  /** Tells what a policy asks for at each look. */
  seen(policy: string, revision: string): void {
    if (!this.#first.has(policy)) this.#first.set(policy, revision);
  }

  /** Why the release is not begun; null: it may be. What changed under this controller's eyes always may. */
  objection(policy: string, revision: string, confirmed: string | null): Problem | null {
    if (this.#first.get(policy) !== revision || confirmed === revision || this.#begun.has(policy)) return null;
    return this.#begun.size < most ? null : tooMany(policy, revision);
  }

  begun(policy: string, revision: string): void {
    if (this.#first.get(policy) === revision) this.#begun.add(policy);
  }
}

const tooMany = (policy: string, revision: string): Problem => ({
  reason: 'MassRevisionChange',
  message: `since this controller started, ${most} policies got releases of what changed while none was looking, and this would be one more: an upgrade may have made new revisions of old templates. If ${revision} is meant: kubectl annotate releasepolicy ${policy} ${confirmedNote}=${revision} --overwrite`,
  retryable: true,
});
