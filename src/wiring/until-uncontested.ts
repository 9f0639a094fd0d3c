/** Work that lost a race against another writer is done again on what that one saved. */
import type { Result } from '../lib/result.ts';

const attempts = 10;

export async function untilUncontested<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const done = await work();
    if (done.ok || done.error.reason !== 'Conflict' || attempt === attempts) return done;
  }
}
