/** What the loop tells the rest of the program: for metrics, notifications, live events and logs. */
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';

export type Happening =
  /** The release was saved; `log` are its new lines. */
  | { readonly kind: 'saved'; readonly release: Release; readonly log: readonly LogEntry[] }
  /** A router answered a write: `ok`, or the reason of the failure. */
  | { readonly kind: 'wrote'; readonly policy: string; readonly outcome: string; readonly message: string }
  | { readonly kind: 'reconciled'; readonly release: string; readonly tookMs: number }
  | {
      readonly kind: 'troubled';
      readonly release: string;
      readonly policy: string;
      readonly reason: string;
      readonly message: string;
    };
