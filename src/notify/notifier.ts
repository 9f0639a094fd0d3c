/** Port: who is told about a release. Telling returns at once and never fails; no decision ever waits for it. */
import type { Notice } from './message.ts';

export interface Notifier {
  readonly name: string;
  notify(notice: Notice): void;
  /** Sends what still waits, for at most `graceMs`; drops the rest. */
  stop(graceMs: number): Promise<void>;
}
