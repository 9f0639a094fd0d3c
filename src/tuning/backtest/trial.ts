/**
 * One release, past or virtual, before the judge: tick by tick as the controller would have looked at it.
 *
 *     series up to now ─► measure ─► readings ─► judge, for each rule set ─► first conviction, last verdicts
 *                                       └─► counts of both arms, for what really happened
 */
import { emptyMemory } from '../../metrics/counter-memory.ts';
import { measure } from '../../metrics/measure.ts';
import type { NothingReason, Reading } from '../../metrics/reading.ts';
import type { Arms, Series } from '../../metrics/series.ts';
import type { Plan } from '../../release/plan.ts';
import type { Rule } from '../../rules/rule.ts';
import type { JudgeContext } from '../../verdict/context.ts';
import { judge, startRuleState } from '../../verdict/judge.ts';
import type { RuleState } from '../../verdict/rule-state.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { contextAt } from './context-at.ts';
import type { Docket, Seat } from './docket.ts';
import type { Stretch } from './found-release.ts';
import { Toll } from './toll.ts';

export interface Segment {
  /** Of the ticks; a little before the first traffic, so that counters have something to be compared with. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly startMs: number;
  readonly weights: readonly Stretch[];
  /** Numbers the segments, for what is drawn by lot. */
  readonly seed: number;
}

/** Which series are whose, as the weight goes up; `series` may be made of others. */
export interface Sides {
  look(
    series: readonly Series[],
    nowMs: number,
    weight: Stretch | null,
  ): { readonly series: readonly Series[]; readonly arms: Arms };
}

export interface Conviction {
  readonly rule: string;
  readonly atMs: number;
  readonly message: string;
}

/** What one rule set made of it. */
export interface Finding {
  readonly conviction: Conviction | null;
  /** As they stood at the end. */
  readonly verdicts: readonly Verdict[];
  /** Rules that held it at some time, or asked a person. */
  readonly objections: readonly string[];
}

export class Trial {
  readonly segment: Segment;
  /** By measure: those that decide, and the one that counts users' errors. */
  readonly tolls: ReadonlyMap<string, Toll>;
  readonly #docket: Docket;
  readonly #plan: Plan;
  readonly #sides: Sides;
  readonly #seats: readonly Hearing[];
  #memory = emptyMemory;
  #lastMs: number | null = null;
  #blindMs = 0;
  #ticks = 0;
  readonly #answered = new Set<string>();

  constructor(segment: Segment, given: { readonly docket: Docket; readonly plan: Plan; readonly sides: Sides }) {
    this.segment = segment;
    this.#docket = given.docket;
    this.#plan = given.plan;
    this.#sides = given.sides;
    this.#seats = given.docket.seats.map((seat) => new Hearing(seat));
    const { errors, watched } = given.docket;
    this.tolls = new Map([...watched, ...(errors === null ? [] : [errors])].map((name) => [name, new Toll()]));
  }

  get blindMs(): number {
    return this.#blindMs;
  }

  get ticks(): number {
    return this.#ticks;
  }

  /** Measures that said something at some time. */
  get answered(): ReadonlySet<string> {
    return this.#answered;
  }

  /** One finding a rule set, in their order. */
  findings(): readonly Finding[] {
    return this.#seats.map((seat) => seat.finding());
  }

  tick(nowMs: number, seen: readonly Series[]): void {
    const { weights, startMs } = this.segment;
    const weight = weights.findLast(({ fromMs }) => fromMs <= nowMs) ?? null;
    const { series, arms } = this.#sides.look(seen, nowMs, weight);
    const { memory, readings } = measure({
      rules: this.#docket.measured,
      arms,
      memory: this.#memory,
      answer: { kind: 'series', source: 'history', receivedAtMs: nowMs, series },
      nowMs,
      notBeforeMs: nowMs < startMs ? null : startMs,
    });
    this.#memory = memory;
    const { context, isShareKnown } = contextAt(nowMs, { weights, plan: this.#plan });
    const told = (rule: Rule, name: string): Reading | undefined =>
      rule.sli.kind === 'volume' && !isShareKnown ? shareUnknown(nowMs) : readings[name];
    for (const seat of this.#seats) seat.hear(told, context);
    for (const rule of this.#docket.measured)
      if (told(rule, rule.name)?.kind !== 'nothing') this.#answered.add(rule.name);
    this.#count(nowMs, readings);
  }

  #count(nowMs: number, readings: Readonly<Record<string, Reading>>): void {
    this.#ticks += 1;
    if (nowMs >= this.segment.startMs) {
      const watched = this.#docket.watched.map((name) => readings[name]);
      if (watched.length > 0 && watched.every((reading) => reading === undefined || isBlind(reading)))
        this.#blindMs += nowMs - (this.#lastMs ?? nowMs);
      for (const [name, toll] of this.tolls) {
        const reading = readings[name];
        if (reading?.kind === 'counts') toll.add(nowMs, reading.fresh);
      }
    }
    this.#lastMs = nowMs;
  }
}

const blinding: ReadonlySet<NothingReason> = new Set(['SourceDown', 'Stale', 'NotFinite', 'NoSeries', 'BucketMissing']);

const isBlind = (reading: Reading): boolean => reading.kind === 'nothing' && blinding.has(reading.reason);

const shareUnknown = (atMs: number): Reading => ({
  kind: 'nothing',
  atMs,
  reason: 'NotApplicable',
  message: 'the weight that was set is not known, so the share cannot be judged',
});

/** One rule set's view of the trial. */
class Hearing {
  readonly #seat: Seat;
  readonly #states: RuleState[];
  readonly #verdicts: (Verdict | null)[];
  readonly #objections = new Set<string>();
  #conviction: Conviction | null = null;
  #isOver = false;

  constructor(seat: Seat) {
    this.#seat = seat;
    this.#states = seat.rules.map(({ rule }) => startRuleState(rule));
    this.#verdicts = seat.rules.map(() => null);
  }

  hear(told: (rule: Rule, name: string) => Reading | undefined, context: JudgeContext): void {
    if (this.#conviction !== null || this.#isBeyond(context)) return;
    this.#seat.rules.forEach(({ rule, measured }, at) => {
      const reading = told(rule, measured);
      const state = this.#states[at];
      if (reading === undefined || state === undefined) return;
      const judged = judge(rule, this.#seat.settings, { state, reading, context });
      this.#states[at] = judged.state;
      this.#verdicts[at] = judged.verdict;
      this.#note(judged.verdict, context.nowMs);
    });
  }

  /**
   * All went to the canary while these rules held it for a bad environment: they would not have let it, and what came then
   * would not have been.
   */
  #isBeyond({ split, weight }: JudgeContext): boolean {
    const holds = this.#verdicts.some(
      (verdict) => verdict?.alert === 'critical' && verdict.reason === 'EnvironmentBad',
    );
    this.#isOver ||= holds && !split && weight === 100;
    return this.#isOver;
  }

  /** As the gate has it: a critical rule whose outcome is "roll back" takes the release back. */
  #note(verdict: Verdict, nowMs: number): void {
    const { advisory, alert, kind, outcome, rule } = verdict;
    if (advisory || alert === 'info') return;
    if (kind === 'breach' || kind === 'suspect') this.#objections.add(rule);
    if (alert === 'critical' && outcome === 'rollback') this.#conviction ??= { rule, atMs: nowMs, message: verdict.message };
  }

  finding(): Finding {
    return {
      conviction: this.#conviction,
      verdicts: this.#verdicts.filter((each) => each !== null),
      objections: [...this.#objections],
    };
  }
}
