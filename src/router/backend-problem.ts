/** A router's problem in the words of the other ports. */
import type { Problem } from '../lib/result.ts';
import type { WriteProblem } from './router.ts';

/** Retryable unless the data plane said no. */
export const backendProblem = ({ reason, message }: WriteProblem): Problem => ({
  reason,
  message,
  retryable: reason !== 'Fenced' && reason !== 'Refused',
});
