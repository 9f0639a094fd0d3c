/** Port: whom a bearer token belongs to, and what they may, where somebody else than this server knows both. */
import type { Problem, Result } from '../lib/result.ts';

export interface Subject {
  /** As whoever issued the token calls them. */
  readonly name: string;
  readonly groups: readonly string[];
}

/** What somebody wants to do. */
export type Right =
  | {
      readonly kind: 'object';
      readonly verb: string;
      readonly resource: 'releases' | 'releasepolicies';
      /** null: all of them. */
      readonly name: string | null;
    }
  | { readonly kind: 'path'; readonly verb: 'get'; readonly path: string };

export interface Reviewer {
  /** Fails with `Unauthorized`, or with `Unavailable` where nobody could tell. */
  identify(token: string): Promise<Result<Subject>>;
  /** null: they may. `Forbidden`, naming the right that is missing, or `Unavailable`. */
  objection(subject: Subject, right: Right): Promise<Problem | null>;
}
