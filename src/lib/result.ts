/** Errors as values: what a call that can fail returns. */
import { messageOf } from './message-of.ts';

export type Result<T, E = Problem> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** What went wrong, for a machine (`reason`, CamelCase) and for a person (`message`: what, where, what to do). */
export interface Problem {
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
}

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const failed = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** The one place that gives a name to whatever was thrown. */
export const problemOf = (thrown: unknown): Problem => ({
  reason: 'Unexpected',
  message: messageOf(thrown),
  retryable: true,
});
