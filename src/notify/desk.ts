/** Takes what was saved and hands the notices to every notifier; returns at once, whatever they do. */

import { type Contact, type Contacts, tiers } from '../release/contacts.ts';
import type { LogEntry } from '../release/log.ts';
import type { Links } from '../release/notify-target.ts';
import type { Release } from '../release/release.ts';
import { BlindSources } from './blind-sources.ts';
import { missedPages, type Notice, noticesOf } from './message.ts';
import { type Looked, MissingParts } from './missing-parts.ts';
import type { Notifier } from './notifier.ts';
import { linked } from './wording.ts';

/** Who hears of a policy's releases. */
export interface Audience {
  readonly notifiers: readonly Notifier[];
  readonly contacts: Contacts;
  readonly links: Links;
}

export interface DeskOptions {
  readonly audienceOf: (policy: string) => Audience;
  /** Never jumping. */
  readonly nowMs: () => number;
}

/**
 *     saved ──► notices ─┬─ of a release ────────────────► notifiers
 *                        └─ of a source ──gathered──► notifiers
 *     looked ──► notices of a data plane's processes ──► notifiers
 */
export class NoticeDesk {
  readonly #options: DeskOptions;
  readonly #blind = new BlindSources();
  readonly #missing = new MissingParts();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** A release was saved, together with new lines of its log. */
  saved(release: Release, log: readonly LogEntry[]): void {
    for (const notice of noticesOf(release, log)) {
      if (notice.dedupKey.startsWith('sluice/source/')) this.#blind.add(notice, this.#options.nowMs());
      else this.#send(notice);
    }
    for (const notice of this.#blind.seesAgain(release, log)) this.#send(notice);
    this.#rearm();
  }

  /** A release that this controller found when it started, with the last lines of its log. `nowMs`: epoch ms. */
  tookOver(release: Release, log: readonly LogEntry[], nowMs: number): void {
    for (const notice of missedPages(release, log, nowMs)) this.#send(notice);
  }

  /** A policy's data plane was looked at. */
  looked(look: Looked): void {
    for (const notice of this.#missing.looked(look, this.#options.nowMs())) this.#send(notice);
  }

  /** Pages about sources that still gather are sent, not lost. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const notice of this.#blind.due(Number.POSITIVE_INFINITY)) this.#send(notice);
  }

  #send(notice: Notice): void {
    const { contacts, links, notifiers } = this.#options.audienceOf(notice.policy);
    const addressed = linked({ ...notice, contacts: called(notice, contacts) }, links);
    for (const notifier of notifiers) notifier.notify(addressed);
  }

  #rearm(): void {
    const inMs = this.#blind.dueInMs(this.#options.nowMs());
    if (inMs === null || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      for (const notice of this.#blind.due(this.#options.nowMs())) this.#send(notice);
      this.#rearm();
    }, inMs);
    this.#timer.unref();
  }
}

/** The first tier for a page; those after it as well, the last first, where nobody has answered. */
const called = ({ data, reason, urgency }: Notice, contacts: Contacts): readonly Contact[] => {
  if (urgency !== 'page') return [];
  const last =
    reason === 'InvestigationEscalated'
      ? Math.max(
          0,
          tiers.findIndex((tier) => tier === data['tier']),
        )
      : 0;
  return tiers
    .slice(0, last + 1)
    .toReversed()
    .flatMap((tier) => contacts[tier]);
};
