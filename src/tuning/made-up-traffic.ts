/** Readings of made-up traffic: so many requests a second, split by the weight, so many of them failed or slow. */
import type { Measured } from '../metrics/measure.ts';
import { type Counts, type NothingReason, noCounts, type Reading } from '../metrics/reading.ts';
import type { Look } from '../reconcile/look.ts';
import type { Rule } from '../rules/rule.ts';
import { type Arrivals, type Arrived, arrivals } from './arrivals.ts';
import { type Feed, type FeedSetting, nextOnGrid } from './feed.ts';
import { alertReading, levelReading, Served } from './made-up-levels.ts';
import type { ArmTraffic, RouteTraffic, Traffic, TrafficChange } from './scenario.ts';
import { type Arm, Unread } from './unread.ts';
import { canaryName, stableName } from './virtual-world.ts';

/**
 *     pass ──► arrivals of both arms ──► unread ──► look: readings, each request in exactly one
 *                                          └── metrics away: unread until they are back
 */
export class MadeUpTraffic implements Feed {
  readonly #rules: readonly Rule[];
  readonly #setting: FeedSetting;
  readonly #arrivals: Arrivals;
  readonly #unread = new Unread();
  readonly #served: Served;
  #traffic: Traffic;
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
    this.#served = new Served(rules, traffic);
  }

  next(afterMs: number): number {
    return nextOnGrid(afterMs, this.#setting.intervalMs);
  }

  change(change: TrafficChange): void {
    const before = this.#traffic;
    this.#traffic = {
      ...before,
      perSecond: change.perSecond ?? before.perSecond,
      canary: changed(before.canary, change.canary),
      stable: changed(before.stable, change.stable),
      routes: routesChanged(before.routes, change.routes),
      firing: change.firing ?? before.firing,
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
    const events = this.#arrive('canary', reaching(canaryName)) + this.#arrive('stable', reaching(stableName));
    this.#served.add(toMs, events);
  }

  look(atMs: number, metrics: 'there' | 'away'): Look {
    const { startMs, world } = this.#setting;
    const nothing = (reason: NothingReason, message: string): Look =>
      this.#each(() => ({ kind: 'nothing', atMs: startMs + atMs, reason, message }));
    if (metrics === 'away') return nothing('SourceDown', 'the metrics are away');
    if (world.split.canary > 0 && world.ready(canaryName) === 0) return nothing('Stale', 'no live canary target');
    const look = this.#each((rule) => this.#read(rule, atMs));
    this.#unread.clear();
    this.#lookedAtMs = atMs;
    return look;
  }

  /** How many were counted. */
  #arrive(arm: Arm, mean: number): number {
    const own = this.#traffic[arm];
    let rest = 1;
    let events = 0;
    const draw = (route: string | null, share: number, fare: ArmTraffic): void => {
      const arrived = this.#arrivals.draw(route === null ? arm : `${arm} ${route}`, mean * share, fare);
      this.#unread.add(arm, route, arrived);
      rest -= share;
      events += arrived.events;
    };
    for (const [route, { share, [arm]: fare }] of Object.entries(this.#traffic.routes))
      draw(route, share, { ...own, ...fare });
    draw(null, Math.max(0, rest), own);
    return events;
  }

  #read(rule: Rule, atMs: number): Reading {
    const { startMs, world } = this.#setting;
    const span = { fromMs: startMs + this.#lookedAtMs, toMs: startMs + atMs };
    const { route, sli } = rule;
    if (sli.kind === 'alert') return alertReading(rule, this.#traffic, span.toMs);
    if (sli.kind === 'gauge' || sli.kind === 'expression') return levelReading(rule, this.#traffic, span.toMs);
    if (sli.kind === 'volume' && sli.agoMs !== undefined) return this.#served.reading(rule, atMs, span.toMs);
    if (route !== null && this.#traffic.routes[route] === undefined)
      return { kind: 'nothing', atMs: span.toMs, reason: 'NoSeries', message: notSent(route) };
    const stableLives = world.ready(stableName) > 0;
    const of = (arm: Arm): Counts => countsOf(sli.kind, this.#unread.read(arm, route));
    const fresh = { canary: of('canary'), stable: stableLives ? of('stable') : null };
    const aligned = { ...span, canary: stableLives ? fresh.canary : noCounts, stable: fresh.stable ?? noCounts };
    return { kind: 'counts', atMs: span.toMs, fresh, aligned };
  }

  #each(read: (rule: Rule) => Reading): Look {
    const readings: Record<string, Reading> = {};
    for (const rule of this.#rules) readings[rule.name] = read(rule);
    return { answer: null, readings: readings satisfies Measured['readings'] };
  }
}

const notSent = (route: string): string =>
  `the scenario sends nothing to ${route}: give it a share of the traffic under routes`;

const countsOf = (kind: 'ratio' | 'latency' | 'volume', { events, errors, slow }: Arrived): Counts => ({
  events,
  bad: kind === 'ratio' ? errors : kind === 'latency' ? slow : 0,
});

const changed = (before: ArmTraffic, change: Partial<ArmTraffic> | undefined): ArmTraffic =>
  change === undefined ? before : { ...before, ...change, levels: { ...before.levels, ...change.levels } };

function routesChanged(before: Traffic['routes'], change: TrafficChange['routes']): Traffic['routes'] {
  if (change === undefined) return before;
  const known = Object.entries(before).map(([name, { share, ...fares }]): readonly [string, RouteTraffic] => {
    const { canary, stable } = change[name] ?? {};
    return [name, { share, canary: { ...fares.canary, ...canary }, stable: { ...fares.stable, ...stable } }];
  });
  return Object.fromEntries(known);
}
