/** Alerts that an Alertmanager told by its webhook: known until it says that they are resolved, or says nothing more of them. */
import type { ToldAlert } from '../release/told-alert.ts';

export interface KnownAlert {
  readonly labels: ToldAlert['labels'];
  readonly sinceMs: number | null;
}

interface Entry extends KnownAlert {
  readonly toldAtMs: number;
}

/** What silence about an alert says. */
export type Standing =
  /** Nobody told anything, or too long ago for silence to mean that nothing fires. */
  | { readonly kind: 'silent' }
  /** What fired before it was told anything may not have been told again yet. */
  | { readonly kind: 'new'; readonly sinceMs: number }
  /** Of what was told last, something could not be taken. */
  | { readonly kind: 'cut'; readonly atMs: number }
  | { readonly kind: 'settled'; readonly heardAtMs: number };

/** Alertmanager tells again what still fires, each 4 h unless told otherwise. */
const forgottenAfterMs = 5 * 3_600_000;

/** Also after what was cut. Twice the `repeat_interval` of the page's example: by then all that fires was told again. */
export const settledAfterMs = 600_000;

const mostKnown = 1_000;

export class AlertBook {
  readonly #known = new Map<string, Entry>();
  /** First message, and the last one; epoch ms. */
  #heard: { readonly sinceMs: number; readonly lastMs: number } | null = null;

  #cutAtMs: number | null = null;

  /** Answers how many are known now. The oldest are forgotten when there are too many. */
  tell(alerts: readonly ToldAlert[], nowMs: number): number {
    const before = this.#heard;
    const isNew = before === null || nowMs - before.lastMs >= forgottenAfterMs;
    this.#heard = { sinceMs: isNew ? nowMs : before.sinceMs, lastMs: nowMs };
    for (const { labels, sinceMs, status } of alerts) {
      const key = JSON.stringify(Object.entries(labels).sort());
      this.#known.delete(key);
      if (status === 'firing') this.#known.set(key, { labels, sinceMs, toldAtMs: nowMs });
    }
    this.#forget(nowMs);
    return this.#known.size;
  }

  /** A message left alerts out, or was not taken at all. */
  missed(nowMs: number): void {
    this.#cutAtMs = nowMs;
  }

  standing(nowMs: number): Standing {
    if (this.#cutAtMs !== null && nowMs - this.#cutAtMs < settledAfterMs) return { kind: 'cut', atMs: this.#cutAtMs };
    if (this.#heard === null || nowMs - this.#heard.lastMs >= forgottenAfterMs) return { kind: 'silent' };
    const { lastMs, sinceMs } = this.#heard;
    return nowMs - sinceMs < settledAfterMs ? { kind: 'new', sinceMs } : { kind: 'settled', heardAtMs: lastMs };
  }

  /** Those that have all of these labels. */
  firing(labels: Readonly<Record<string, string>>, nowMs: number): readonly KnownAlert[] {
    this.#forget(nowMs);
    return [...this.#known.values()].filter((alert) => isMeant(labels, alert.labels));
  }

  #forget(nowMs: number): void {
    for (const [key, { toldAtMs }] of this.#known) {
      if (this.#known.size <= mostKnown && nowMs - toldAtMs < forgottenAfterMs) continue;
      if (nowMs - toldAtMs < forgottenAfterMs) this.missed(nowMs);
      this.#known.delete(key);
    }
  }
}

export const isMeant = (wanted: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([label, value]) => found[label] === value);
