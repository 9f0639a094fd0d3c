/** Sees everything that the demo promises to show: every state and log line of the releases, and the weights that the data plane really has. */
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import type { Router } from '../../router/router.ts';
import type { ControlEvent, Controls } from '../../server/controls.ts';
import { type OutageSeen, withLook } from './outage-seen.ts';

/** Everything seen of one revision's release. */
export interface Seen {
  readonly release: Release;
  /** Canary percent that the data plane had for it, in order, without the 0 before its first step. */
  readonly weights: readonly number[];
  readonly outages: readonly OutageSeen[];
  /** Epoch ms of the first look that saw it promoted; null: not seen. */
  readonly promotedAtMs: number | null;
}

/** Finer than anything stays: a weight holds for seconds. */
const lookEveryMs = 50;

/**
 *   controls ──events──► newest release, its outages, its log ─┐
 *   router ──each 50 ms──► weights, by the release they are for ┴──► of(revision)
 */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  #current: string | null = null;
  #isLooking = false;

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.#stop = options.controls.events((event) => this.#heard(event));
    this.#timer = setInterval(() => void this.#look(), lookEveryMs);
  }

  /** The newest release of a revision; null: none was begun. */
  of(revision: string): Seen | null {
    return [...this.#seen.values()].findLast(({ release }) => release.revision === revision) ?? null;
  }

  /** The release that was begun last; null: none was. */
  current(): Release | null {
    return this.#seen.get(this.#current ?? '')?.release ?? null;
  }

  close(): void {
    this.#stop();
    clearInterval(this.#timer);
  }

  #heard(event: ControlEvent): void {
    const { release } = event;
    if (event.kind === 'log') return this.#options.onLog(release, event.entry);
    const before = this.#seen.get(release.id);
    if (before === undefined) this.#current = release.id;
    const isPromoted = release.phase.phase === 'watching';
    this.#seen.set(release.id, {
      release,
      weights: before?.weights ?? [],
      outages: withLook(before?.outages ?? [], release),
      promotedAtMs: before?.promotedAtMs ?? (isPromoted ? release.updatedAtMs : null),
    });
    this.#options.onRelease(release);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const route = await this.#options.router.observe();
    this.#isLooking = false;
    const seen = route.ok ? this.#seen.get(route.value.release ?? '') : undefined;
    if (!route.ok || seen === undefined) return;
    const { canary } = route.value;
    const last = seen.weights.at(-1);
    if (canary === (last ?? 0)) return;
    this.#seen.set(seen.release.id, { ...seen, weights: [...seen.weights, canary] });
  }
}

export interface WitnessOptions {
  readonly controls: Controls;
  readonly router: Router;
  readonly onRelease: (release: Release) => void;
  readonly onLog: (release: Release, entry: LogEntry) => void;
}
