/** What is told of a release: one notice for each line of its log that somebody should hear of, and the end of the alarm. */
import type { Contact } from '../release/contacts.ts';
import type { LogEntry } from '../release/log.ts';
import { isEnding, isOver, stepOf } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { type Urgency, urgencyOf } from './urgency.ts';

export interface Notice {
  /** The same when the same is told again: receivers know it by that. */
  readonly id: string;
  /** `resolve`: what was paged under this key is over. */
  readonly urgency: Urgency | 'resolve';
  /** One a release; for blindness one a metric source, which several releases share; one a process of the data plane. */
  readonly dedupKey: string;
  readonly atMs: number;
  /** CamelCase, for machines. */
  readonly reason: string;
  readonly title: string;
  readonly text: string;
  /** Ids of the releases that it is about; none: it is about the policy. */
  readonly releases: readonly string[];
  readonly policy: string;
  /** Empty: of none. */
  readonly revision: string;
  /** Where the release stood: `baking at 25 %`; empty: of none. */
  readonly state: string;
  readonly data: LogEntry['data'];
  /** Whom to call, for a page; filled in by the desk. */
  readonly contacts: readonly Contact[];
  /** Addresses for people; filled in by the desk, but for the rule's own runbook. */
  readonly links: readonly NoticeLink[];
}

export interface NoticeLink {
  readonly text: string;
  readonly href: string;
}

/** `release` as it was saved together with `log`, its new lines. */
export const noticesOf = (release: Release, log: readonly LogEntry[]): readonly Notice[] => {
  const notices = log.flatMap((entry) => {
    const urgency = urgencyOf(entry);
    return urgency === null ? [] : [noticeOf(release, entry, urgency)];
  });
  // What pages after the end is over when a person acts, not with whatever is written next.
  const last = isOver(release) ? log.findLast((entry) => isEnding(entry) || entry.kind === 'action') : undefined;
  const isQuiet = notices.every(({ urgency }) => urgency !== 'page');
  return isQuiet && last !== undefined ? [...notices, noticeOf(release, last, 'resolve')] : notices;
};

/** What the release stands at, for a controller that has just taken over: its predecessor may have died before it could page. */
const standingNotice = (release: Release): Notice | null => {
  const { waiting } = release;
  if (waiting === null || isOver(release)) return null;
  const entry: LogEntry = { ...waiting, kind: 'decision', data: { ...waiting.data, decision: 'hold' } };
  return urgencyOf(entry) === 'page' ? noticeOf(release, entry, 'page') : null;
};

/** How long a page is worth sending. */
const pageWorthMs = 3_600_000;

/** Pages that an earlier controller may not have sent: of the last hour of its log, and what the release stands at. Each id once. `nowMs`: epoch ms. */
export function missedPages(release: Release, log: readonly LogEntry[], nowMs: number): readonly Notice[] {
  if (isOver(release))
    return noticesOf(release, log).filter(
      ({ atMs, reason }) => reason === 'RollbackDidNotHelp' && atMs >= nowMs - pageWorthMs,
    );
  const sinceMs = release.updatedAtMs - pageWorthMs;
  const sightMs = log.findLast(({ reason }) => reason === 'SightReturned')?.atMs ?? Number.NEGATIVE_INFINITY;
  const paged = noticesOf(release, log).filter(
    ({ atMs, reason, urgency }) =>
      urgency === 'page' && atMs >= sinceMs && (reason !== 'MetricsBlind' || atMs > sightMs),
  );
  const standing = standingNotice(release);
  const all = standing === null ? paged : [...paged, standing];
  return [...new Map(all.map((notice) => [notice.id, notice])).values()];
}

export const sourceKey = (source: string): string => `sluice/source/${source}`;

const releaseKey = (id: string): string => `sluice/release/${id}`;

const noticeOf = (release: Release, entry: LogEntry, urgency: Notice['urgency']): Notice => {
  const { id, policy, revision } = release;
  const source = entry.data['source'];
  const isAboutSource = entry.reason === 'MetricsBlind' && entry.kind === 'event' && typeof source === 'string';
  return {
    id: `${id}/${entry.atMs}/${entry.reason}/${urgency}`,
    urgency,
    dedupKey: isAboutSource && urgency === 'page' ? sourceKey(source) : releaseKey(id),
    atMs: entry.atMs,
    reason: entry.reason,
    title: `${policy} ${revision}: ${entry.reason}`,
    text: entry.message,
    releases: [id],
    policy,
    revision,
    state: stateOf(release),
    data: entry.data,
    contacts: [],
    links: runbookOf(release, entry),
  };
};

/** Compact, for a line: `baking at 25 %, step 1/3`. */
const stateOf = ({ phase, plan, weight }: Release): string => {
  const step = stepOf(phase);
  const at = `${phase.phase} at ${weight.desired} %`;
  return step === null || step < 0 ? at : `${at}, step ${step + 1}/${plan.steps.length}`;
};

const runbookOf = ({ rules }: Release, { data }: LogEntry): readonly NoticeLink[] => {
  const runbook = rules.rules.find(({ name }) => name === data['rule'])?.runbook ?? '';
  return runbook === '' ? [] : [{ text: 'runbook', href: runbook }];
};
