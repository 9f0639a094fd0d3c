/** Alerts that an Alertmanager told by its webhook: known until it says that they are resolved, or says nothing more of them. */
import type { ToldAlert } from '../release/told-alert.ts';

export interface KnownAlert {
  readonly labels: ToldAlert['labels'];
  readonly sinceMs: number | null;
}

interface Entry extends KnownAlert {
  readonly toldAtMs: number;
}

/** Alertmanager tells again what still fires, each 4 h unless told otherwise. */
const forgottenAfterMs = 5 * 3_600_000;

const mostKnown = 1_000;

export class AlertBook {
  readonly #known = new Map<string, Entry>();
  #heardAtMs: number | null = null;

  /** Answers how many are known now. The oldest are forgotten when there are too many. */
  tell(alerts: readonly ToldAlert[], nowMs: number): number {
    this.#heardAtMs = nowMs;
    for (const { labels, sinceMs, status } of alerts) {
      const key = JSON.stringify(Object.entries(labels).sort());
      this.#known.delete(key);
      if (status === 'firing') this.#known.set(key, { labels, sinceMs, toldAtMs: nowMs });
    }
    this.#forget(nowMs);
    return this.#known.size;
  }

  /** When it said anything last, epoch ms; null: never, or too long ago for its silence to mean that nothing fires. */
  heardAtMs(nowMs: number): number | null {
    return this.#heardAtMs !== null && nowMs - this.#heardAtMs < forgottenAfterMs ? this.#heardAtMs : null;
  }

  /** Those that have all of these labels. */
  firing(labels: Readonly<Record<string, string>>, nowMs: number): readonly KnownAlert[] {
    this.#forget(nowMs);
    return [...this.#known.values()].filter((alert) => isMeant(labels, alert.labels));
  }

  #forget(nowMs: number): void {
    for (const [key, { toldAtMs }] of this.#known) {
      if (this.#known.size <= mostKnown && nowMs - toldAtMs < forgottenAfterMs) continue;
      this.#known.delete(key);
    }
  }
}

export const isMeant = (wanted: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([label, value]) => found[label] === value);
