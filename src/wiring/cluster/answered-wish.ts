/** Which of the revisions that a Deployment asked for was answered last: it is stable, is being released, or was taken back before. */
import type { Result } from '../../lib/result.ts';
import type { AskedFor } from '../../report/policy-summary.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';

export class AnsweredWish {
  #revision: string | null = null;

  /** Null: none since the controller began. */
  get revision(): string | null {
    return this.#revision;
  }

  answer(revision: string): void {
    this.#revision = revision;
  }

  askedFor(wish: Result<Wish>): AskedFor {
    if (!wish.ok) return { kind: 'unknown', why: wish.error.message };
    return askedFor({ revision: wish.value.revision, answered: this.#revision, why: null });
  }
}

interface Asking {
  /** That is asked for now. */
  readonly revision: string;
  readonly answered: string | null;
  /** What the controller says of it; null: nothing. */
  readonly why: string | null;
}

export const askedFor = ({ revision, answered, why }: Asking): AskedFor => ({
  kind: 'known',
  revision,
  pending: revision === answered ? null : (why ?? `${revision} is asked for, and no release of it has begun yet`),
});
