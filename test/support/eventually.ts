/** Waits for a condition on the world instead of for time. */

export interface EventuallyOptions {
  /** Milliseconds after which the wait fails with the last reason; to be given only where being so quick is what is tested. */
  readonly withinMs?: number;
  /** Milliseconds between two looks; default 20. */
  readonly everyMs?: number;
}

/** Longer than any machine takes that is busy with other things; a test that goes well never waits for it. */
export const patienceMs = 60_000;

/**
 * Looks again and again until `condition` answers something truthy, and returns that answer.
 * An answer of false, null or undefined, or a throw (a failed `expect`, a refused connection), counts as "not yet"; the last throw becomes the cause.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { withinMs = patienceMs, everyMs = 20 }: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  let cause: unknown = new Error('the condition was never true');
  for (;;) {
    try {
      const answer = await condition();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`not within ${withinMs} ms: ${reason}`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
