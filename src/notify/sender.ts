/** Port: sends one notice to one target, as far as it gets; never rejects, and never says a secret. */
import type { Kept } from './channel.ts';
import type { Notice } from './message.ts';

export interface Sending {
  readonly notice: Notice;
  readonly kept: Kept | null;
  /** Calls that were taken in an earlier try. */
  readonly done: number;
  /** No later notice about the same thing waits. */
  readonly isLatest: boolean;
  readonly signal: AbortSignal;
}

export type Sent = {
  readonly kept: Kept | null;
  readonly done: number;
} & (
  | { readonly outcome: 'sent' }
  /** `afterMs`: as the service asks for; null: it does not. */
  | { readonly outcome: 'later'; readonly why: string; readonly afterMs: number | null }
  | { readonly outcome: 'refused'; readonly why: string }
);

export interface Sender {
  send(sending: Sending): Promise<Sent>;
  /** What would be sent first, secrets masked. */
  preview(notice: Notice): string;
}
