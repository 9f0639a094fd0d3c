/** A router for whom another one drives: what it shows is read, and nothing is ever written. */
import { failed, type Result } from '../lib/result.ts';
import type { Router, RouteState, WriteProblem } from './router.ts';

export const onlyLooking = (router: Router): Router => ({
  name: router.name,
  observe: () => router.observe(),
  write: async (): Promise<Result<RouteState, WriteProblem>> => refused,
  settle: () => router.observe(),
  closeStreams: async () => refused,
});

const refused = failed<WriteProblem>({
  reason: 'Refused',
  message: 'the policy only observes: whoever drives the rollout writes the weights',
});
