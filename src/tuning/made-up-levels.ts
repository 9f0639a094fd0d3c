/** What made-up traffic shows of rules that count no requests of a version: levels, alerts, the traffic of another day. */
import type { Firing, Reading } from '../metrics/reading.ts';
import type { Rule } from '../rules/rule.ts';
import type { Traffic } from './scenario.ts';

export function alertReading({ name }: Rule, { canary, firing, stable }: Traffic, atMs: number): Reading {
  const fires = (names: readonly string[]): Firing | null => (names.includes(name) ? { sinceMs: null } : null);
  return { kind: 'alert', atMs, canary: fires(canary.firing), stable: fires(stable.firing), neither: fires(firing) };
}

export function levelReading({ name }: Rule, traffic: Traffic, atMs: number): Reading {
  const canary = traffic.canary.levels[name];
  const stable = traffic.stable.levels[name];
  if (canary !== undefined) return { kind: 'level', atMs, canary, stable: stable ?? null };
  const reason = stable === undefined ? 'NotApplicable' : 'NoSeries';
  return { kind: 'nothing', atMs, reason, message: `the scenario gives no level of ${name} for the canary` };
}

/** Requests of both versions, and as many as there were before the release. */
export class Served {
  readonly #before: Traffic;
  readonly #keepMs: number;
  #stretches: readonly { readonly toMs: number; readonly events: number }[] = [];

  constructor(rules: readonly Rule[], before: Traffic) {
    this.#before = before;
    const windows = rules.map(({ sli, windowMs }) => (sli.kind === 'volume' && sli.agoMs !== undefined ? windowMs : 0));
    this.#keepMs = Math.max(0, ...windows);
  }

  add(toMs: number, events: number): void {
    if (this.#keepMs === 0) return;
    const kept = this.#stretches.filter((each) => each.toMs > toMs - this.#keepMs);
    this.#stretches = [...kept, { toMs, events }];
  }

  /** `sinceStartMs`: of the look; `atMs`: as readings have it. */
  reading({ windowMs }: Rule, sinceStartMs: number, atMs: number): Reading {
    const { past, perSecond } = this.#before;
    const since = this.#stretches.filter(({ toMs }) => toMs > sinceStartMs - windowMs);
    const earlier = (perSecond * Math.max(0, windowMs - sinceStartMs)) / 1_000;
    const now = since.reduce((sum, { events }) => sum + events, earlier);
    return { kind: 'volume', atMs, now, then: ((past ?? perSecond) * windowMs) / 1_000 };
  }
}
