/** One line of a release's decision log: what was decided or done, why, on which numbers. */

export interface LogEntry {
  readonly atMs: number;
  /** `decision` changes what is desired, `write` the world, `event` is something noticed, `action` a person's. */
  readonly kind: 'decision' | 'write' | 'event' | 'action';
  /** CamelCase, for machines. */
  readonly reason: string;
  readonly message: string;
  /** Numbers and names it rests on: rule, value, limit, weights, who. */
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}
