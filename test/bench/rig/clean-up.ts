/** What a measurement has to end, whatever became of it: the newest first, each by its id. */
import { type AtEnd, someEnd } from '../../support/at-end.ts';

/** Runs the work, and after it, also when it failed, what it asked to be done at its end. */
export async function withCleanUp<T>(work: (atEnd: AtEnd) => Promise<T>): Promise<T> {
  const { atEnd, cleanUp } = someEnd();
  try {
    return await work(atEnd);
  } finally {
    await cleanUp();
  }
}
