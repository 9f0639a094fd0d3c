/**
 * One release, past or virtual, before the judge: tick by tick as the controller would have looked at it.
 *
 *     series up to now ─► measure ─► readings ─► judge, for each rule set ─► first conviction, last verdicts
 *                                       └─► counts of both arms, for what really happened
 */
import { emptyMemory } from '../../metrics/counter-memory.ts';
import { measure } from '../../metrics/measure.ts';
import type { NothingReason, Reading } from '../../metrics/reading.ts';
import type { Series } from '../../metrics/series.ts';
import type { Plan } from '../../release/plan.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Brief, Segment } from './brief.ts';
import { contextAt } from './context-at.ts';
import type { Docket } from './docket.ts';
import { type Finding, Hearing } from './hearing.ts';
import { type Sides, sidesOf } from './sides.ts';
import { Toll, type TollPoint } from './toll.ts';

/** What came of one trial. */
export interface TrialOutcome {
  readonly segment: Segment;
  /** Looks that were taken; 0: there was nothing to look at. */
  readonly ticks: number;
  readonly blindMs: number;
  /** Samples so far apart say too little to judge by; null: they are close enough. */
  readonly tooCoarseMs: number | null;
  /** Measures that said something at some time. */
  readonly answered: readonly string[];
  /** What users met, by measure: those that decide, and the one that counts users' errors. */
  readonly tolls: Readonly<Record<string, readonly TollPoint[]>>;
  /** One a rule set, in their order. */
  readonly findings: readonly Finding[];
}

/** Of a trial that did not take place. */
export const unheard = ({ segment }: Brief): TrialOutcome => ({
  segment,
  ticks: 0,
  blindMs: 0,
  tooCoarseMs: null,
  answered: [],
  tolls: {},
  findings: [],
});

export interface TrialOptions {
  readonly docket: Docket;
  readonly plan: Plan;
  readonly lookbackMs: number;
}

export class Trial {
  readonly segment: Segment;
  readonly #docket: Docket;
  readonly #plan: Plan;
  readonly #sides: Sides;
  readonly #seats: readonly Hearing[];
  readonly #tolls: ReadonlyMap<string, Toll>;
  readonly #answered = new Set<string>();
  #memory = emptyMemory;
  #lastMs: number | null = null;
  #blindMs = 0;
  #ticks = 0;
  #tooCoarseMs: number | null = null;

  constructor({ segment, sides, dispersion }: Brief, { docket, plan, lookbackMs }: TrialOptions) {
    this.segment = segment;
    this.#docket = docket;
    this.#plan = plan;
    this.#sides = sidesOf(sides, { seed: segment.seed, measured: docket.measured, lookbackMs });
    this.#seats = docket.seats.map((seat) => new Hearing(seat, dispersion));
    this.#tolls = new Map(sides.by === 'lot' ? [] : tolled(docket).map((name) => [name, new Toll()]));
  }

  outcome(): TrialOutcome {
    return {
      segment: this.segment,
      ticks: this.#ticks,
      blindMs: this.#blindMs,
      tooCoarseMs: this.#tooCoarseMs,
      answered: [...this.#answered],
      tolls: Object.fromEntries([...this.#tolls].map(([name, { points }]) => [name, points])),
      findings: this.#seats.map((seat) => seat.finding()),
    };
  }

  /** Here the samples are further apart than anything can be judged by. */
  hinder(spacingMs: number): void {
    this.#tooCoarseMs = spacingMs;
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
      for (const [name, toll] of this.#tolls) {
        const reading = readings[name];
        if (reading?.kind === 'counts') toll.add(nowMs, reading.fresh);
      }
    }
    this.#lastMs = nowMs;
  }
}

/** What users met matters where there were any; a virtual release had none of its own. */
const tolled = ({ errors, watched }: Docket): readonly string[] => [...watched, ...(errors === null ? [] : [errors])];

const blinding: ReadonlySet<NothingReason> = new Set(['SourceDown', 'Stale', 'NotFinite', 'NoSeries', 'BucketMissing']);

const isBlind = (reading: Reading): boolean => reading.kind === 'nothing' && blinding.has(reading.reason);

const shareUnknown = (atMs: number): Reading => ({
  kind: 'nothing',
  atMs,
  reason: 'NotApplicable',
  message: 'the weight that was set is not known, so the share cannot be judged',
});
