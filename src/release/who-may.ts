/** Whether somebody may do what a policy allows only some: by the name that the controller knows them by, never by what they call themselves. */
import type { Problem } from '../lib/result.ts';

/** Somebody, as the controller knows them. */
export interface Known {
  /** null: it does not know who they are. */
  readonly caller: string | null;
  /** Groups that whoever knows them says they are in; left out: none. */
  readonly groups?: readonly string[] | undefined;
}

export interface Asking extends Known {
  /** What they want to do, as the end of a sentence: `be given`. */
  readonly what: string;
}

const groupMark = 'group:';

/** `by`: names, and `group:NAME`. Nobody is taken for a group by being called like one. */
export const isAmong = (by: readonly string[], { caller, groups = [] }: Known): boolean =>
  caller !== null &&
  ((by.includes(caller) && !caller.startsWith(groupMark)) || groups.some((group) => by.includes(groupMark + group)));

/** `by`: who may; none: whoever may give orders. Null, or `NotIdentified` or `NotAllowed`. */
export function notAllowed(by: readonly string[], asking: Asking): Problem | null {
  if (by.length === 0 || isAmong(by, asking)) return null;
  const { caller, what } = asking;
  const may = `${what} by ${by.join(' or ')}`;
  if (caller !== null) return { reason: 'NotAllowed', message: `${may}, not by ${caller}`, retryable: false };
  const message = `${may}, and this controller can't tell who you are: give it a token file with a line \`NAME TOKEN\` for each, and show yours with --token-file`;
  return { reason: 'NotIdentified', message, retryable: false };
}
