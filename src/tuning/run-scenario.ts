/**
 * A rollout over virtual time, decided by what decides in production: no clock, no store, no process.
 *
 *     time ─► feed: requests pass ─► events ─► look: think ─► next action ─► world ─► look again, until nothing is left to do
 *                                                 └─────────► frame: what was decided then
 */
import type { Decision } from '../gate/decision.ts';
import { type Look, nothingNew } from '../reconcile/look.ts';
import { nextAction } from '../reconcile/next-action.ts';
import { type Moment, think } from '../reconcile/think.ts';
import type { LogEntry } from '../release/log.ts';
import { isOver, stepOf } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { apply } from './apply-event.ts';
import { begun, endOf, lastOf } from './begin-scenario.ts';
import type { Feed } from './feed.ts';
import { feedOf } from './feed-of.ts';
import { givenArms } from './given-series.ts';
import { type Frame, outcomeOf, type Run, startMs, weightier } from './run.ts';
import type { Scenario, TimedEvent } from './scenario.ts';
import { VirtualWorld } from './virtual-world.ts';

/** What clearing a canary away takes at most, after its drain. */
const clearMs = 120_000;

/** A moment that needs more looks than this never comes to rest. */
const mostLooks = 50;

export function runScenario(scenario: Scenario): Run {
  const stage = new Stage(scenario);
  stage.play();
  return stage.run();
}

class Stage {
  readonly #scenario: Scenario;
  readonly #world: VirtualWorld;
  readonly #feed: Feed;
  readonly #frames: Frame[] = [];
  readonly #log: LogEntry[] = [];
  readonly #endMs: number;
  #release: Release;
  #metrics: 'there' | 'away' = 'there';
  #lookedAtMs: number | null = null;
  #sightedAtMs: number | null | undefined;
  #promotedAtMs: number | null = null;
  /** Of the controller that looks. */
  #epoch = 1;
  /** No controller looks before then; null: one does. */
  #awayUntilMs: number | null = null;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const { replicas, metrics } = scenario;
    const isCounted =
      metrics.kind === 'traffic' ||
      (metrics.kind === 'recording' && metrics.recorded.looks.some(({ sent }) => sent !== null));
    const counts = isCounted ? 'requests' : 'nothing';
    this.#world = new VirtualWorld({ startMs, replicas, counts });
    const fed = feedOf(scenario, { startMs, intervalMs: scenario.intervalMs, world: this.#world });
    this.#feed = fed.feed;
    this.#endMs = endOf(scenario, fed.endMs);
    this.#release = begun(scenario);
  }

  play(): void {
    const { events } = this.#scenario;
    let next = 0;
    let atMs = 0;
    let beforeMs = 0;
    let isMetricsTime = true;
    while (!this.#isDone(atMs)) {
      this.#world.goTo(startMs + atMs);
      this.#feed.pass(beforeMs, atMs);
      for (let event = events[next]; event !== undefined && event.atMs <= atMs; event = events[next]) {
        this.#happen(event.event, atMs);
        next += 1;
      }
      if (this.#isLookedAt(atMs)) this.#look(atMs, isMetricsTime ? this.#feed.look(atMs, this.#metrics) : nothingNew);
      beforeMs = atMs;
      const tickMs = this.#feed.next(atMs);
      const eventMs = Math.min(
        events[next]?.atMs ?? Number.POSITIVE_INFINITY,
        this.#awayUntilMs ?? Number.POSITIVE_INFINITY,
      );
      isMetricsTime = tickMs <= eventMs;
      atMs = Math.min(tickMs, eventMs);
    }
  }

  /** Whoever looks first after a time without a controller is another one. */
  #isLookedAt(atMs: number): boolean {
    if (this.#awayUntilMs !== null && atMs < this.#awayUntilMs) return false;
    if (this.#awayUntilMs !== null || this.#feed.isResumed(atMs)) {
      this.#epoch += 1;
      this.#lookedAtMs = null;
    }
    this.#awayUntilMs = null;
    return true;
  }

  run(): Run {
    const outcome = outcomeOf(this.#release, this.#promotedAtMs, this.#frames.at(-1)?.atMs ?? 0);
    return { frames: this.#frames, log: this.#log, release: this.#release, outcome };
  }

  /** Nothing more can happen that is asked for; what goes back is seen to its end. */
  #isDone(atMs: number): boolean {
    const { phase, plan } = this.#release;
    if (isOver(this.#release)) return true;
    if (atMs > this.#endMs) return phase.phase !== 'rollingBack' || atMs > this.#endMs + plan.drainMs + clearMs;
    const { expected, events, outcome, untilMs } = this.#scenario;
    if (untilMs !== null || this.#promotedAtMs === null || outcome?.is === 'succeeded') return false;
    return !events.some((each) => each.atMs >= atMs) && !expected.some(({ when }) => lastOf(when) >= atMs);
  }

  #happen(event: TimedEvent['event'], atMs: number): void {
    const { feed, world } = { feed: this.#feed, world: this.#world };
    const applied = apply(event, {
      release: this.#release,
      world,
      feed,
      nowMs: startMs + atMs,
      metrics: this.#metrics,
      controller: this.#awayUntilMs === null || atMs >= this.#awayUntilMs ? 'there' : 'away',
    });
    this.#release = applied.release;
    this.#metrics = applied.metrics;
    if (applied.awayUntilMs !== undefined) this.#awayUntilMs = applied.awayUntilMs - startMs;
    this.#log.push(...applied.log);
  }

  #look(atMs: number, first: Look): void {
    let look = first;
    let decision: Decision | null = null;
    for (let n = 0; n < mostLooks; n += 1) {
      const thought = think(this.#release, this.#moment(atMs, look));
      if (look !== nothingNew) this.#sightedAtMs = thought.sighted ? atMs : null;
      this.#lookedAtMs = atMs;
      this.#release = thought.release;
      this.#log.push(...thought.log);
      decision = weightier(decision, thought.decision);
      const action = nextAction(this.#release, { route: this.#world.route(), workload: this.#world.workload() });
      if (action !== null)
        this.#world.perform(action, { release: this.#release.id, readyAfterMs: this.#readyAfterMs() });
      if (isOver(this.#release) || (action === null && thought.log.length === 0)) break;
      look = nothingNew;
    }
    this.#keep(atMs, decision);
  }

  /** Of instances that are started where the release stands. */
  #readyAfterMs(): number {
    const { readyAfterMs } = this.#scenario;
    const step = this.#release.phase.phase === 'preparing' ? 0 : (stepOf(this.#release.phase) ?? readyAfterMs.length);
    return readyAfterMs[Math.min(step, readyAfterMs.length - 1)] ?? 0;
  }

  #moment(atMs: number, look: Look): Moment {
    const { intervalMs } = this.#scenario;
    const nowMs = startMs + atMs;
    const elapsedMs = atMs - (this.#lookedAtMs ?? atMs);
    return {
      ...look,
      world: { route: this.#world.route(), routeProblem: null, workload: this.#world.workload() },
      tick: { nowMs, monotonicMs: nowMs, elapsedMs },
      isFirst: this.#lookedAtMs === null,
      epoch: this.#epoch,
      intervalMs,
      attested: [],
      asked: [],
      answers: [],
      arms: givenArms,
      sighted:
        this.#sightedAtMs === undefined
          ? null
          : this.#sightedAtMs !== null && atMs - this.#sightedAtMs <= 3 * intervalMs,
    };
  }

  #keep(atMs: number, decided: Decision | null): void {
    const { phase, weight } = this.#release;
    const verdicts = this.#release.verdicts.map(({ kind, reason, rule }) => ({ kind, reason, rule }));
    const decision = isOver(this.#release) && decided?.kind === 'hold' ? null : decided;
    if (phase.phase === 'watching') this.#promotedAtMs ??= atMs;
    const step = stepOf(phase);
    this.#frames.push({ atMs, decision, phase: phase.phase, step, weight: weight.applied ?? 0, verdicts });
  }
}
