/** Where a test support function registers its clean-up: the running test's end by default, a suite's otherwise. */
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** What tells the two below from vitest's own `afterAll`, which does not fit: inside a hook it does nothing at all. */
const registered: unique symbol = Symbol('registered');

type CleanUp = () => Promise<unknown> | unknown;

/** Takes a clean-up that runs when the test (or whatever the caller stands for) is over, also when it failed. */
export type AtEnd = (cleanUp: CleanUp) => typeof registered;

/** The running test's end: to be called inside a test. */
export const atTestEnd: AtEnd = (cleanUp) => {
  onTestFinished(async () => void (await cleanUp()));
  return registered;
};

/** A suite's end, last registered first cleaned up: to be made in `describe` or at a file's top, and used in its hooks and tests. */
export function suiteEnd(): AtEnd {
  const cleanUps: CleanUp[] = [];
  let stands = false;
  beforeAll(() => {
    stands = true;
  });
  afterAll(async () => {
    const failed: unknown[] = [];
    for (const cleanUp of cleanUps.reverse()) {
      try {
        await cleanUp();
      } catch (cause) {
        failed.push(cause);
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, `${failed.length} clean-ups failed`);
  });
  return (cleanUp) => {
    if (!stands) throw new Error('suiteEnd() was made in a hook, where it ends nothing: make it in describe');
    cleanUps.push(cleanUp);
    return registered;
  };
}
