/** One line of a release's decision log: what was decided or done, why, on which numbers. */

export interface LogEntry {
  readonly atMs: number;
  /** `decision` changes what is desired, `write` the world, `event` is something noticed, `action` a person's. */
  readonly kind: 'decision' | 'write' | 'event' | 'action';
  /** CamelCase, for machines. */
  readonly reason: string;
  readonly message: string;
  /** Numbers and names it rests on: rule, value, limit, weights, who. */
  readonly data: LogData;
}

export type LogData = Readonly<Record<string, string | number | boolean | null>>;

/** A release after something happened to it, and the lines that tell so; no line: nothing that anybody must read. */
export interface Change<T> {
  readonly release: T;
  readonly log: readonly LogEntry[];
}
