/** Whether somebody may do what a policy allows only some: by the name that the controller knows them by, never by what they call themselves. */
import type { Problem } from '../lib/result.ts';

export interface Asking {
  /** As the controller knows them; null: it does not. */
  readonly caller: string | null;
  /** What they want to do, as the end of a sentence: `be given`. */
  readonly what: string;
}

/** `by`: who may; none: whoever may give orders. Null, or `NotIdentified` or `NotAllowed`. */
export function notAllowed(by: readonly string[], { caller, what }: Asking): Problem | null {
  if (by.length === 0 || (caller !== null && by.includes(caller))) return null;
  const may = `${what} by ${by.join(' or ')}`;
  if (caller !== null) return { reason: 'NotAllowed', message: `${may}, not by ${caller}`, retryable: false };
  const message = `${may}, and this controller can't tell who you are: give it a token file with a line \`NAME TOKEN\` for each, and show yours with --token-file`;
  return { reason: 'NotIdentified', message, retryable: false };
}
