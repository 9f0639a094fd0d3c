/** One outcome of what was done on each HAProxy for itself. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { MissingPart, WriteFailure, WriteProblem } from '../router.ts';

/** The gravest first: it decides what the whole is called. */
const gravity: readonly WriteFailure[] = ['Unknown', 'Fenced', 'Refused', 'Conflict', 'Unreachable'];

/** All values, or one problem that names every place that failed, and says how many did not. */
export function together<T>(each: readonly Result<T, WriteProblem>[]): Result<readonly T[], WriteProblem> {
  const problems = each.flatMap((result) => (result.ok ? [] : [result.error]));
  if (problems.length === 0) return ok(each.flatMap((result) => (result.ok ? [result.value] : [])));
  const reason = gravity.find((grave) => problems.some((problem) => problem.reason === grave)) ?? 'Unreachable';
  const messages = problems.map(({ message }) => message).join('; ');
  const others = each.length - problems.length;
  const rest = others === 0 ? '' : `; the other ${others === 1 ? 'one has' : `${others} have`} it`;
  return failed({ reason, message: `${messages}${rest}` });
}

export const handsOff: WriteProblem = {
  reason: 'Refused',
  message: 'mode observe changes nothing in haproxy: whoever drives the rollout does',
};

/** A weight counts when all have it. */
export const needsAll = (missing: readonly MissingPart[]): WriteProblem => ({
  reason: 'Unreachable',
  message: `${missing.map(({ message }) => message).join('; ')}; nothing is raised without ${missing.length === 1 ? 'it' : 'them'}`,
});

export const overtaken = (place: string): WriteProblem => ({
  reason: 'Conflict',
  message: `haproxy at ${place}: another weight was decided meanwhile; read it again`,
});

export const restartedMeanwhile = (place: string): WriteProblem => ({
  reason: 'Conflict',
  message: `haproxy at ${place} was reloaded meanwhile and lost its weights; read it again`,
});

export const notTaken = (place: string, wrong: readonly string[], refusal: string | null): WriteProblem => ({
  reason: 'Refused',
  message: `haproxy at ${place} did not take it: ${refusal === null ? '' : `${refusal}; `}${wrong.join(', ')}`,
});
