/** A program, or a set of files, that the lab needs, and how it is made. */

export interface Part {
  readonly name: string;
  readonly version: string;
  /** What to expect of the first time, for a person who waits: `about 5 minutes`. */
  readonly firstTime: string;
  /** Programs that must be installed to make it. */
  readonly tools: readonly Tool[];
  /** What must be there when it is made, relative to its folder; a cached folder that lacks one is made anew. */
  readonly files: readonly string[];
  make(workshop: Workshop): Promise<void>;
}

export type Tool = 'go' | 'python3';

export interface Workshop {
  /** Empty; what stands in it at the end is the part. */
  readonly folder: string;
  /** Runs a command, its output going to the part's log; rejects with the last lines if it fails. */
  run(command: readonly [string, ...string[]], options?: RunOptions): Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}
