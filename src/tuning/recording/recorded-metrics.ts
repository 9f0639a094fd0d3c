/** Feeds a rollout with what was read in a real one: the same looks at the same times, judged by the rules of now. */
import type { Measured } from '../../metrics/measure.ts';
import type { Counts, Firing, NothingReason, Reading } from '../../metrics/reading.ts';
import { type Look, nothingNew } from '../../reconcile/look.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Feed, type FeedSetting, nextOnGrid } from '../feed.ts';
import type { Recorded, RecordedLook, RecordedReading } from './recorded.ts';

/** For so long an answer counts as sight. */
const looksAfter = 3;

export class RecordedMetrics implements Feed {
  readonly #rules: readonly Rule[];
  readonly #recorded: Recorded;
  readonly #setting: FeedSetting;
  /** Index of the first look that is still to come. */
  #next = 0;

  constructor(rules: readonly Rule[], recorded: Recorded, setting: FeedSetting) {
    this.#rules = rules;
    this.#recorded = recorded;
    this.#setting = setting;
  }

  /** A little after the last look: what it decided may have to be carried out. */
  get endMs(): number {
    return (this.#recorded.looks.at(-1)?.atMs ?? 0) + looksAfter * this.#setting.intervalMs;
  }

  next(afterMs: number): number {
    const { looks } = this.#recorded;
    while ((looks[this.#next]?.atMs ?? Number.POSITIVE_INFINITY) <= afterMs) this.#next += 1;
    return looks[this.#next]?.atMs ?? nextOnGrid(afterMs, this.#setting.intervalMs);
  }

  change(): void {}

  isResumed(atMs: number): boolean {
    return this.#at(atMs)?.resumed ?? false;
  }

  /** As many requests as there were, split as they are split now. */
  pass(_fromMs: number, toMs: number): void {
    const look = this.#at(toMs);
    if (look === undefined || look.sent === null) return;
    const { canary } = this.#setting.world.split;
    const all = look.sent.canary + look.sent.stable;
    const moved = Math.round((all * canary) / 100);
    this.#setting.world.count(look.weight === canary ? look.sent : { canary: moved, stable: all - moved });
  }

  look(atMs: number, metrics: 'there' | 'away'): Look {
    const look = this.#at(atMs);
    if (look === undefined || look.read === null) return nothingNew;
    const { read } = look;
    const readings: Record<string, Reading> = {};
    for (const rule of this.#rules) {
      const recorded = read[rule.name];
      readings[rule.name] =
        metrics === 'away'
          ? this.#nothing(atMs, 'SourceDown', 'the metrics are away')
          : this.#reading(rule, look, recorded);
    }
    return { answer: null, readings: readings satisfies Measured['readings'] };
  }

  #at(atMs: number): RecordedLook | undefined {
    const { looks } = this.#recorded;
    const before = looks[this.#next - 1];
    return before?.atMs === atMs ? before : looks[this.#next]?.atMs === atMs ? looks[this.#next] : undefined;
  }

  #reading(rule: Rule, { atMs, weight }: RecordedLook, recorded: RecordedReading | undefined): Reading {
    if (recorded === undefined)
      return this.#nothing(atMs, 'NotApplicable', `the recording has nothing of ${rule.name}`);
    const { canary } = this.#setting.world.split;
    if (rule.sli.kind === 'volume' && rule.sli.agoMs === undefined && weight !== null && weight !== canary)
      return this.#nothing(
        atMs,
        'Ambiguous',
        `requests were counted at ${weight} %, and the canary has ${canary} % here`,
      );
    return this.#timed(rule, atMs, recorded);
  }

  #timed(rule: Rule, atMs: number, recorded: RecordedReading): Reading {
    const { startMs } = this.#setting;
    switch (recorded.kind) {
      case 'nothing':
        return this.#nothing(atMs, recorded.reason, recorded.message);
      case 'alert': {
        const since = (firing: Firing | null): Firing | null =>
          firing === null || firing.sinceMs === null ? firing : { sinceMs: startMs + firing.sinceMs };
        const { canary, neither, stable } = recorded;
        const firing = { canary: since(canary), stable: since(stable), neither: since(neither) };
        return { kind: 'alert', atMs: startMs + recorded.atMs, ...firing };
      }
      case 'counts':
        return this.#counts(rule, recorded, atMs);
      default:
        return { ...recorded, atMs: startMs + recorded.atMs };
    }
  }

  #counts(rule: Rule, recorded: Extract<RecordedReading, { readonly kind: 'counts' }>, atMs: number): Reading {
    const { startMs } = this.#setting;
    const { aligned, fresh } = recorded;
    const times = { fromMs: startMs + aligned.fromMs, toMs: startMs + aligned.toMs };
    const counts = { kind: 'counts', atMs: startMs + recorded.atMs } as const;
    const known = this.#recorded.bounds[rule.name];
    if (rule.sli.kind !== 'latency' || known === undefined || known === rule.sli.bound)
      return { ...counts, fresh, aligned: { ...aligned, ...times } };
    const { bound } = rule.sli;
    const slower = aligned.slower ?? [];
    const limit = slower.find((each) => each.bound === bound);
    if (limit === undefined) return this.#nothing(atMs, 'BucketMissing', bucketMissing(bound, known, slower));
    // Of another limit it is known how many were slower only once both versions were seen.
    const of = (arm: 'canary' | 'stable'): Counts => ({ events: aligned[arm].events, bad: limit[arm] });
    const both = { canary: of('canary'), stable: of('stable') };
    const first = [limit, ...slower.filter((each) => each !== limit)];
    return { ...counts, fresh: both, aligned: { ...times, ...both, slower: first } };
  }

  #nothing(atMs: number, reason: NothingReason, message: string): Reading {
    return { kind: 'nothing', atMs: this.#setting.startMs + atMs, reason, message };
  }
}

const bucketMissing = (bound: number, known: number, slower: readonly { readonly bound: number }[]): string => {
  const bounds = [...new Set([known, ...slower.map((each) => each.bound)])].toSorted((a, b) => a - b);
  return `the recording does not say how many were slower than ${bound}; it knows ${bounds.join(', ')}`;
};
