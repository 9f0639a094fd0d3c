/** Waits for a condition on the world instead of for time. */

export interface EventuallyOptions {
  /** Milliseconds after which the wait fails with the last reason. */
  readonly withinMs: number;
  /** Milliseconds between two looks; default 20. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until `condition` answers something truthy, and returns that answer.
 * An answer of false, null or undefined, or a throw (a failed `expect`, a refused connection), counts as "not yet"; the last throw becomes the cause.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { withinMs, everyMs = 20 }: EventuallyOptions,
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
