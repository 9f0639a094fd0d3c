/**
 * Past releases by a version label: from the time at which a version's share of the traffic rises from 0 until it carries
 * all or is gone.
 *
 *     version a  ──────────────╲______________   share of the traffic, one point a minute
 *     version b  ________╱‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾   [ release of b ]
 */
import type { Ending, FoundRelease } from './found-release.ts';
import { type SharePoint, weightsFrom } from './weights.ts';

/** Requests per second of each version at one moment. */
export interface Traffic {
  readonly atMs: number;
  readonly rates: ReadonlyMap<string, number>;
}

export interface ShareOptions {
  /** Between two points, which is also what a rate looks back over. */
  readonly stepMs: number;
  /** Canary percents of the plan: a share close to one of them is that weight. */
  readonly steps: readonly number[];
  /** A version that gives way to the one before within this time of its promotion was taken back. */
  readonly watchedMs: number;
}

/** A version that has no traffic for so long is gone; a missed scrape is shorter. */
const goneAfterMs = 300_000;

/** Of all requests; what is left of the version before is on its way out. */
const carriesAll = 0.99;

interface Open {
  readonly version: string;
  readonly stable: string;
  readonly startMs: number;
  lastSeenMs: number;
  readonly points: SharePoint[];
}

/** Is shown moment by moment, in order, so that a month of them need not be kept. */
export class ShareFinder {
  readonly #options: ShareOptions;
  readonly #found: FoundRelease[] = [];
  readonly #open = new Map<string, Open>();
  /** Earlier versions that still get their last requests. */
  readonly #leaving = new Set<string>();
  #base: string | null = null;
  #baseSeenMs = 0;
  #nowMs = 0;

  constructor(options: ShareOptions) {
    this.#options = options;
  }

  see({ atMs, rates }: Traffic): void {
    const alive = [...rates].filter(([, rate]) => rate > 0);
    const total = alive.reduce((sum, [, rate]) => sum + rate, 0);
    if (total === 0) return;
    this.#nowMs = atMs;
    this.#base ??= alive.reduce((most, each) => (each[1] > most[1] ? each : most))[0];
    if (rates.get(this.#base)) this.#baseSeenMs = atMs;
    for (const version of this.#leaving) if (!rates.get(version)) this.#leaving.delete(version);
    for (const [version, rate] of alive) this.#seeVersion(version, { atMs, share: rate / total, total });
    this.#closeGone(atMs);
  }

  finish(): readonly FoundRelease[] {
    for (const open of this.#open.values()) this.#close(open, { endMs: this.#nowMs, ending: 'unknown' });
    return this.#found.toSorted((a, b) => a.startMs - b.startMs);
  }

  #seeVersion(version: string, now: { readonly atMs: number; readonly share: number; readonly total: number }): void {
    const { atMs, share, total } = now;
    const base = this.#base;
    if (base === null || version === base || this.#leaving.has(version)) return;
    const { stepMs } = this.#options;
    // The rate looks back: the first request came before the first point that shows it.
    const open = this.#open.get(version) ?? {
      version,
      stable: base,
      startMs: atMs - stepMs,
      lastSeenMs: atMs,
      points: [],
    };
    this.#open.set(version, open);
    open.lastSeenMs = atMs;
    open.points.push({ atMs, share, requests: (total * stepMs) / 1000 });
    const baseGone = atMs - this.#baseSeenMs >= goneAfterMs;
    if (share >= carriesAll || (baseGone && share > 0.5)) this.#promote(open, atMs);
  }

  #promote(open: Open, atMs: number): void {
    if (this.#base !== null) this.#leaving.add(this.#base);
    this.#base = open.version;
    this.#baseSeenMs = atMs;
    const last = this.#found.at(-1);
    const isWayBack = last?.ending === 'promoted' && last.version === open.stable && last.stable === open.version;
    if (!isWayBack || open.startMs - last.endMs > this.#options.watchedMs)
      return this.#close(open, { endMs: atMs, ending: 'promoted' });
    this.#open.delete(open.version);
    this.#found[this.#found.length - 1] = { ...last, endMs: open.startMs, ending: 'rolled back' };
  }

  #closeGone(atMs: number): void {
    for (const open of this.#open.values()) {
      if (atMs - open.lastSeenMs < goneAfterMs) continue;
      const carriedOn = open.stable === this.#base && atMs - this.#baseSeenMs < goneAfterMs;
      this.#close(open, { endMs: open.lastSeenMs, ending: carriedOn ? 'rolled back' : 'went away' });
    }
  }

  #close({ version, stable, startMs, points }: Open, end: { readonly endMs: number; readonly ending: Ending }): void {
    this.#open.delete(version);
    const weights = weightsFrom(points, { ...this.#options, startMs });
    this.#found.push({ version, stable, startMs, ...end, foundBy: ['version-label'], weights, recorded: null });
  }
}
