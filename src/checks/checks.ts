/** Port: the things outside that are asked about a release, in the background; nobody waits for them. */
import type { AskScene } from './placeholders.ts';

/** A question that is to be under way, or answered. */
export type Question = AskScene;

export interface Heard {
  /** `pending`: it said nothing that counts; it is asked again. */
  readonly outcome: 'pending' | 'passed' | 'failed';
  /** A sentence without its full stop. */
  readonly message: string;
  readonly tookMs: number | null;
  /** What one who was content had to say, on a line, cut, and without what is known to be secret. */
  readonly answer?: string;
}

export interface Answered extends Heard {
  /** Of the question. */
  readonly id: string;
}

export interface Checks {
  /** Of the policy. */
  readonly namespace: string;
  /**
   * Starts what was not started, gives up what is not wanted any more, and answers what is known by now. Returns at once, never throws.
   * `release`: whose questions these all are.
   */
  latest(release: string, wanted: readonly Question[]): readonly Answered[];
}
