/** How fast a service may be spoken to: a bucket of tokens that fills as time passes. */
import type { ServiceKind } from '../release/notify-target.ts';

export interface Pace {
  readonly perSecond: number;
  /** Calls that may follow one another at once. */
  readonly burst: number;
}

/** As the services say, or well below what they take. */
export const paces: Readonly<Record<ServiceKind, Pace>> = {
  slack: { perSecond: 1, burst: 1 },
  slackWebhook: { perSecond: 1, burst: 1 },
  teams: { perSecond: 2, burst: 2 },
  discord: { perSecond: 2, burst: 2 },
  googleChat: { perSecond: 1, burst: 1 },
  pagerduty: { perSecond: 2, burst: 5 },
  webhook: { perSecond: 10, burst: 20 },
  alertmanager: { perSecond: 10, burst: 20 },
  github: { perSecond: 1, burst: 2 },
  email: { perSecond: 1, burst: 5 },
};

export class Bucket {
  readonly #pace: Pace;
  #tokens: number;
  #atMs: number;

  constructor(pace: Pace, nowMs: number) {
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#atMs = nowMs;
  }

  /** Takes a token, which may not be there yet: milliseconds until it is. `nowMs`: never jumping. */
  take(nowMs: number): number {
    const { burst, perSecond } = this.#pace;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#atMs) / 1_000) * perSecond) - 1;
    this.#atMs = nowMs;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / perSecond) * 1_000);
  }
}
