/** Where a test support function registers its clean-up: the running test by default, a suite's own list otherwise. */
import { onTestFinished } from 'vitest';

/** Takes a clean-up that runs when the test (or whatever the caller stands for) is over, also when it failed. */
export type AtEnd = (cleanUp: () => Promise<void> | void) => void;

/** The running test's end: to be called inside a test. Suites pass `afterAll` instead, or a list that their `afterAll` walks. */
export const atTestEnd: AtEnd = (cleanUp) => onTestFinished(cleanUp);
