/** A question about a release that goes well, to be changed by what a test is about. */
import type { Question } from '../../src/checks/checks.ts';

export const aQuestion = (given: Partial<Question> = {}): Question => ({
  id: 'app-1/beforeTraffic/smoke/1',
  check: 'smoke',
  stage: 'beforeTraffic',
  release: 'app-1',
  policy: 'app',
  namespace: 'default',
  revision: 'v2',
  stableRevision: 'v1',
  weight: 25,
  canary: [],
  stable: [],
  ...given,
});
