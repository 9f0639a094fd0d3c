/** A program that runs as long as the lab does. */
import type { Command } from '../network/network.ts';

export interface Server {
  readonly name: string;
  /** What a person may want to know: where it listens. */
  readonly at: string;
  readonly command: Command;
  readonly env?: Readonly<Record<string, string>>;
  /** Answers truthy when it can be used; a throw means: not yet. */
  ready(): Promise<boolean>;
}
