/** What the loop tells the rest of the program: for metrics, notifications, live events and logs. */
import type { JournalSpan } from '../release/journal-span.ts';
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import type { MissingPart } from '../router/router.ts';

export type Happening =
  /** The release was saved; `log` are its new lines, `look` what was read for it, if anything was. */
  | {
      readonly kind: 'saved';
      readonly release: Release;
      readonly log: readonly LogEntry[];
      readonly look: JournalSpan | null;
    }
  /** A router answered a write: `ok`, or the reason of the failure. */
  | { readonly kind: 'wrote'; readonly policy: string; readonly outcome: string; readonly message: string }
  /** The data plane was looked at; `missing` are the processes of it that do not answer. */
  | {
      readonly kind: 'looked';
      readonly policy: string;
      readonly missing: readonly MissingPart[];
      readonly atMs: number;
    }
  | { readonly kind: 'reconciled'; readonly release: string; readonly tookMs: number }
  | {
      readonly kind: 'troubled';
      readonly release: string;
      readonly policy: string;
      readonly reason: string;
      readonly message: string;
    };
