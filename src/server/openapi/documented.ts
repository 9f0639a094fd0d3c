/** A route of the server: what it is asked with, what it answers, and how it fails. */
import type { z } from 'zod';

export interface Documented {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Request headers, with what each is for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: z.ZodType;
  /** JSON of it; a text: another media type. */
  readonly answer: z.ZodType | string;
  /** Media types in which it answers the same, where it is asked to. */
  readonly alsoAs?: readonly string[];
  /** Statuses of its failures, besides those that every route has. */
  readonly failures: readonly number[];
  /** Open to whoever reaches the port. */
  readonly open?: true;
}
