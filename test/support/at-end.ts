/** Where a test support function registers its clean-up: the running test's end by default, a suite's or another's otherwise. */
import { afterAll, beforeAll, onTestFinished, type TestContext } from 'vitest';

/** What tells those below from vitest's own `afterAll`, which does not fit: inside a hook it does nothing at all. */
const registered: unique symbol = Symbol('registered');

type CleanUp = () => unknown;

/** Takes a clean-up that runs when the test (or whatever the caller stands for) is over, also when it failed. */
export type AtEnd = (cleanUp: CleanUp) => typeof registered;

/** The running test's end: to be called inside a test. */
export const atTestEnd: AtEnd = (cleanUp) => {
  onTestFinished(async () => void (await cleanUp()));
  return registered;
};

/** The end of a test that runs beside others, which vitest can't tell by itself. */
export const endOf =
  (test: Pick<TestContext, 'onTestFinished'>): AtEnd =>
  (cleanUp) => {
    test.onTestFinished(async () => void (await cleanUp()));
    return registered;
  };

/** A suite's end: to be made in `describe` or at a file's top, and used in its hooks and tests. */
export function suiteEnd(): AtEnd {
  const { atEnd, cleanUp } = someEnd();
  let stands = false;
  beforeAll(() => {
    stands = true;
  });
  afterAll(cleanUp);
  return (task) => {
    if (!stands) throw new Error('suiteEnd() was made in a hook, where it ends nothing: make it in describe');
    return atEnd(task);
  };
}

/** An end that the caller brings about: the last registered is cleaned up first, and one that fails keeps none from its turn. */
export function someEnd(): { readonly atEnd: AtEnd; readonly cleanUp: () => Promise<void> } {
  const tasks: CleanUp[] = [];
  const cleanUp = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      try {
        await task();
      } catch (cause) {
        failures.push(cause);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} clean-ups failed`);
  };
  const atEnd: AtEnd = (task) => {
    tasks.push(task);
    return registered;
  };
  return { atEnd, cleanUp };
}
