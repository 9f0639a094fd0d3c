/** Readings of made-up traffic: so many requests a second, split by the weight, so many of them failed or slow. */
import type { Measured } from '../metrics/measure.ts';
import { type Counts, type Firing, type NothingReason, noCounts, type Reading } from '../metrics/reading.ts';
import type { Look } from '../reconcile/look.ts';
import type { Rule } from '../rules/rule.ts';
import { type Arrivals, type Arrived, arrivals } from './arrivals.ts';
import { type Feed, type FeedSetting, nextOnGrid } from './feed.ts';
import type { ArmTraffic, Traffic, TrafficChange } from './scenario.ts';
import { canaryName, stableName } from './virtual-world.ts';

type Arm = 'canary' | 'stable';

const none: Arrived = { events: 0, errors: 0, slow: 0 };

/**
 *     pass ──► arrivals of both arms ──► owed ──► look: readings, each request in exactly one
 *                                          └── metrics away: owed until they are back
 */
export class MadeUpTraffic implements Feed {
  readonly #rules: readonly Rule[];
  readonly #setting: FeedSetting;
  readonly #arrivals: Arrivals;
  #traffic: Traffic;
  #owed: Record<Arm, Arrived> = { canary: none, stable: none };
  #lookedAtMs = 0;

  constructor(
    rules: readonly Rule[],
    { traffic, seed }: { readonly traffic: Traffic; readonly seed: number | null },
    setting: FeedSetting,
  ) {
    this.#rules = rules;
    this.#traffic = traffic;
    this.#setting = setting;
    this.#arrivals = arrivals(seed);
  }

  next(afterMs: number): number {
    return nextOnGrid(afterMs, this.#setting.intervalMs);
  }

  change({ perSecond, canary, stable }: TrafficChange): void {
    const before = this.#traffic;
    this.#traffic = {
      perSecond: perSecond ?? before.perSecond,
      canary: changed(before.canary, canary),
      stable: changed(before.stable, stable),
    };
  }

  isResumed = (): boolean => false;

  pass(fromMs: number, toMs: number): void {
    const { world } = this.#setting;
    const { canary, to } = world.split;
    const requests = (this.#traffic.perSecond * (toMs - fromMs)) / 1_000;
    const sent = { canary: (requests * canary) / 100, stable: (requests * (100 - canary)) / 100 };
    const reaching = (revision: string): number =>
      (to.canary === revision ? sent.canary : 0) + (to.stable === revision ? sent.stable : 0);
    world.count(sent);
    this.#arrive('canary', reaching(canaryName));
    this.#arrive('stable', reaching(stableName));
  }

  look(atMs: number, metrics: 'there' | 'away'): Look {
    if (metrics === 'away')
      return { answer: null, readings: this.#nothing(atMs, 'SourceDown', 'the metrics are away') };
    const { canary, stable } = this.#owed;
    const fromMs = this.#lookedAtMs;
    const { startMs, world } = this.#setting;
    if (world.split.canary > 0 && world.ready(canaryName) === 0)
      return { answer: null, readings: this.#nothing(atMs, 'Stale', 'no live canary target') };
    this.#owed = { canary: none, stable: none };
    this.#lookedAtMs = atMs;
    const span = { fromMs: startMs + fromMs, toMs: startMs + atMs };
    const stableLives = world.ready(stableName) > 0;
    const read = (rule: Rule): Reading => {
      const { kind } = rule.sli;
      if (kind === 'alert') return this.#alert(rule, span.toMs);
      if (kind === 'gauge' || kind === 'expression') return this.#level(rule, span.toMs);
      const fresh = { canary: countsOf(kind, canary), stable: stableLives ? countsOf(kind, stable) : null };
      const aligned = { ...span, canary: stableLives ? fresh.canary : noCounts, stable: fresh.stable ?? noCounts };
      return { kind: 'counts', atMs: span.toMs, fresh, aligned };
    };
    return { answer: null, readings: this.#each(read) };
  }

  #arrive(arm: Arm, mean: number): void {
    const owed = this.#owed[arm];
    const { events, errors, slow } = this.#arrivals.draw(arm, mean, this.#traffic[arm]);
    this.#owed[arm] = { events: owed.events + events, errors: owed.errors + errors, slow: owed.slow + slow };
  }

  /** It fires where its level is above 0. */
  #alert({ name }: Rule, atMs: number): Reading {
    const { canary, stable } = this.#traffic;
    const firing = (level = 0): Firing | null => (level > 0 ? { sinceMs: null } : null);
    return {
      kind: 'alert',
      atMs,
      canary: firing(canary.levels[name]),
      stable: firing(stable.levels[name]),
      neither: null,
    };
  }

  #level({ name }: Rule, atMs: number): Reading {
    const canary = this.#traffic.canary.levels[name];
    const stable = this.#traffic.stable.levels[name];
    if (canary !== undefined) return { kind: 'level', atMs, canary, stable: stable ?? null };
    const reason = stable === undefined ? 'NotApplicable' : 'NoSeries';
    return { kind: 'nothing', atMs, reason, message: `the scenario gives no level of ${name} for the canary` };
  }

  #nothing(atMs: number, reason: NothingReason, message: string): Measured['readings'] {
    return this.#each(() => ({ kind: 'nothing', atMs: this.#setting.startMs + atMs, reason, message }));
  }

  #each(read: (rule: Rule) => Reading): Measured['readings'] {
    const readings: Record<string, Reading> = {};
    for (const rule of this.#rules) readings[rule.name] = read(rule);
    return readings;
  }
}

const countsOf = (kind: 'ratio' | 'latency' | 'volume', { events, errors, slow }: Arrived): Counts => ({
  events,
  bad: kind === 'ratio' ? errors : kind === 'latency' ? slow : 0,
});

const changed = (before: ArmTraffic, change: Partial<ArmTraffic> | undefined): ArmTraffic =>
  change === undefined ? before : { ...before, ...change, levels: { ...before.levels, ...change.levels } };
