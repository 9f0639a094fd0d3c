/** What the judge read in one look at a release, or in several that were merged, in few bytes. */
import type { Counts, CountsReading, Firing, NothingReason, Reading } from '../metrics/reading.ts';

/** Times are ms before the look, so that they stay short: of the newest sample, and from and to where both versions were compared. */
type CountTimes = readonly [sample: number, from: number, to: number];

/** Events and bad ones that are new, then those up to the common time; null: no target lives. */
type ArmCounts = readonly [events: number | null, bad: number, comparedEvents: number, comparedBad: number];

/** Ms before the look since when it fires; null: it does not; -1: nobody says. */
type BriefFiring = number | null;

export type Brief =
  | {
      readonly canary: ArmCounts;
      readonly stable: ArmCounts;
      readonly t: CountTimes;
      readonly slower?: readonly (readonly [bound: number, canary: number, stable: number])[];
    }
  | { readonly level: readonly [canary: number, stable: number | null]; readonly age: number }
  | { readonly volume: readonly [now: number, then: number | null]; readonly age: number }
  | { readonly firing: readonly [BriefFiring, BriefFiring, BriefFiring]; readonly age: number }
  | { readonly nothing: NothingReason; readonly why: string };

export interface JournalSpan {
  /** Of the last look in it, ms since the release began. */
  readonly toMs: number;
  readonly looks: number;
  /** The first look at the release, of another controller, or after looks that could not be kept. */
  readonly start?: 'release' | 'controller' | 'gap';
  /** Read after the release was over, while its trends were recorded. */
  readonly trend?: true;
  /** Canary percent as read back. */
  readonly weight: number | null;
  /** Requests that the router sent each way since the weight was written. */
  readonly sent: readonly [canary: number, stable: number] | null;
  /** By rule; empty: the metrics had not answered, something else had changed. */
  readonly read: Readonly<Record<string, Brief>>;
}

/** A sentence about an outage is the same in each of its looks. */
const longestWhy = 120;

const tidy = (value: number): number => Number(value.toPrecision(7));

export function briefOf(reading: Reading, nowMs: number): Brief {
  const age = nowMs - reading.atMs;
  switch (reading.kind) {
    case 'counts':
      return briefCounts(reading, nowMs);
    case 'level':
      return { level: [tidy(reading.canary), reading.stable === null ? null : tidy(reading.stable)], age };
    case 'volume':
      return { volume: [tidy(reading.now), reading.then === null ? null : tidy(reading.then)], age };
    case 'alert': {
      const since = (firing: Firing | null): BriefFiring =>
        firing === null ? null : firing.sinceMs === null ? -1 : Math.max(0, nowMs - firing.sinceMs);
      return { firing: [since(reading.canary), since(reading.stable), since(reading.neither)], age };
    }
    case 'nothing':
      return { nothing: reading.reason, why: reading.message.slice(0, longestWhy) };
  }
}

function briefCounts({ aligned, atMs, fresh }: CountsReading, nowMs: number): Brief {
  const counts = (own: Counts | null, compared: Counts): ArmCounts => [
    own === null ? null : tidy(own.events),
    own === null ? 0 : tidy(own.bad),
    tidy(compared.events),
    tidy(compared.bad),
  ];
  const slower = aligned.slower?.map(({ bound, canary, stable }) => [bound, tidy(canary), tidy(stable)] as const);
  return {
    canary: counts(fresh.canary, aligned.canary),
    stable: counts(fresh.stable, aligned.stable),
    t: [nowMs - atMs, nowMs - aligned.fromMs, nowMs - aligned.toMs],
    ...(slower === undefined ? {} : { slower }),
  };
}
