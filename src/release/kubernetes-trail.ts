/**
 * The trail of a namespace: entries are chained and only ever added, to ConfigMaps that are sealed when they are full.
 *
 *   told ──► waiting ──► holds? ──► newest piece, on its version ──full──► sealed, and the next one is made
 *               ▲                      └─ another wrote, or nobody knows: read again, what is there is not written twice
 *               └── tried again ───────┘
 */
import { pause } from '../lib/pause.ts';
import { failed, ok, type Problem, problemOf, type Result } from '../lib/result.ts';
import {
  type KeptSegment,
  listSegments,
  removeSegment,
  type SegmentPlace,
  segmentName,
  writeSegment,
} from './kubernetes-segments.ts';
import { entriesIn, lineOf } from './kubernetes-trail-lines.ts';
import type { Recorded, Trail, TrailEntry, TrailFilter } from './trail.ts';
import { chained, chainProblems, nextNumber } from './trail-chain.ts';
import { trailIn } from './trail-filter.ts';
import type { TrailProof } from './trail-proof.ts';
import { brokenWhat, TrailQueue, type Untold } from './trail-queue.ts';

export interface KubernetesTrailOptions extends SegmentPlace {
  /** Whether this controller still leads: asked before each write. */
  readonly holds: () => boolean;
  /** What is not written (yet), or is not as it was written. */
  readonly troubled: (problem: Problem) => void;
  /** After a write that was refused; left out: a second. */
  readonly againMs?: number;
}

const mostLines = 100;
const mostChars = 64 * 1024;
/** With `mostLines` each: the last 10,000 entries. */
const mostSegments = 100;
/** Refused so often, it is said again, and whoever waits for an entry waits no longer. */
const triesTold = 60;
/** Whoever leads next waits for it. */
const closeWithinMs = 2_000;

export class KubernetesTrail implements Trail {
  readonly #options: KubernetesTrailOptions;
  #segments: readonly KeptSegment[];
  readonly #queue: TrailQueue;
  /** Names that the next piece can't have: what has them is not listed as a piece. */
  #taken = 0;
  #writing: Promise<void> | null = null;
  #closing = false;

  constructor(options: KubernetesTrailOptions, segments: readonly KeptSegment[]) {
    this.#options = options;
    this.#segments = segments;
    this.#queue = new TrailQueue(entriesIn(segments), mostLines * mostSegments);
    this.#check([]);
    this.#begin();
  }

  /** Of what has been written; null: nothing was. */
  get newestAtMs(): number | null {
    return entriesIn(this.#segments.slice(-1)).at(-1)?.atMs ?? null;
  }

  /** Waits while it is refused, for a minute; it is tried on after that. */
  async record(recorded: Recorded): Promise<Result<void>> {
    const entry = { ...recorded, release: null };
    this.add([entry]);
    await this.#writing;
    return this.#queue.holds(entry) ? failed(unwritten(1)) : ok(undefined);
  }

  /** Returns at once; what is there already is not added again. */
  add(entries: readonly Untold[]): void {
    this.#queue.add(entries);
    this.#begin();
  }

  async trail(filter: TrailFilter): Promise<Result<readonly TrailEntry[]>> {
    const written = entriesIn(this.#segments);
    const from = nextNumber(this.#segments);
    return ok(trailIn([...written, ...this.#queue.all.map((entry, at) => ({ number: from + at, ...entry }))], filter));
  }

  verify(): Promise<Result<TrailProof>> {
    return verifySegments(this.#options);
  }

  /** Writes what waits, for two seconds. */
  async close(): Promise<void> {
    const written = new AbortController();
    await Promise.race([this.#writing, pause(closeWithinMs, written.signal)]);
    written.abort();
    this.#closing = true;
    if (this.#writing !== null) this.#options.troubled(unwritten(this.#queue.all.length));
  }

  /** Said before it starts, and taken back in the step in which it ends: nothing is added unseen in between. */
  #begin(): void {
    if (this.#queue.all.length === 0) return;
    this.#writing ??= Promise.resolve()
      .then(() => this.#writeAll())
      .then((isRefused) => {
        if (isRefused) this.#begin();
      })
      .catch((thrown: unknown) => this.#options.troubled(problemOf(thrown)));
  }

  /** Whether it goes on being refused. */
  async #writeAll(): Promise<boolean> {
    const { againMs = 1_000, holds, troubled } = this.#options;
    try {
      let told = '';
      for (let left = triesTold; this.#queue.all.length > 0 && !this.#closing && left > 0; ) {
        if (!holds()) {
          troubled(unwritten(this.#queue.all.length));
          return false;
        }
        const written = await this.#writeSome();
        if (written.ok) continue;
        if (written.error.reason !== told) troubled(written.error);
        told = written.error.reason;
        left -= 1;
        this.#queue.bound();
        await new Promise((resolve) => setTimeout(resolve, againMs));
        await this.#readAgain();
      }
      return this.#queue.all.length > 0 && !this.#closing;
    } finally {
      this.#writing = null;
    }
  }

  /** As many as the newest piece has room for. */
  async #writeSome(): Promise<Result<void>> {
    const last = this.#segments.at(-1);
    const number = nextNumber(this.#segments);
    const open = last === undefined || last.sealed ? this.#fresh(number) : last;
    const lines = [...open.lines];
    const taken = this.#queue.all.slice(0, mostLines - open.lines.length);
    lines.push(...taken.map((entry, at) => lineOf({ number: number + at, ...entry })));
    const added = lines.slice(open.lines.length);
    const isFull = lines.length >= mostLines || lines.join('\n').length >= mostChars;
    const others = this.#segments.filter(({ name }) => name !== open.name);
    const oldest = others.slice(1 - mostSegments)[0]?.first ?? open.first;
    const next = { ...open, lines, hash: chained(open.hash, added), sealed: isFull, oldest };
    const written = await writeSegment(this.#options, next);
    if (!written.ok) {
      if (written.error.reason === 'AlreadyExists') this.#taken += 1;
      return written;
    }
    this.#taken = 0;
    this.#queue.wrote(taken);
    this.#segments = [...others, written.value];
    this.#sayDropped();
    await this.#forget();
    return ok(undefined);
  }

  #sayDropped(): void {
    const count = this.#queue.dropped();
    if (count > 0) this.#say(droppedText(count));
  }

  #fresh(first: number) {
    const hash = this.#segments.at(-1)?.hash ?? '';
    const name = `${segmentName(first)}${this.#taken === 0 ? '' : `-${this.#taken}`}`;
    return { name, first, lines: [] as readonly string[], previous: hash, hash, oldest: first };
  }

  /** A piece goes once the newest one says that it is not kept. */
  async #forget(): Promise<void> {
    const oldest = this.#segments.at(-1)?.oldest ?? 1;
    const old = this.#segments.filter(({ first }) => first < oldest);
    if (old.length === 0) return;
    for (const each of old) await removeSegment(this.#options, each);
    this.#segments = this.#segments.filter(({ first }) => first >= oldest);
    this.#queue.forget(entriesIn(this.#segments));
  }

  async #readAgain(): Promise<void> {
    const listed = await listSegments(this.#options);
    if (!listed.ok) return;
    const before = entriesIn(this.#segments);
    this.#segments = listed.value;
    const lost = this.#queue.found(entriesIn(listed.value), before);
    this.#check(lost.length > 0 ? [lostText(lost)] : []);
  }

  #check(also: readonly string[]): void {
    const message = [...chainProblems(this.#segments), ...also].join('; ');
    if (message !== '') this.#say(message);
  }

  /** What is wrong is told, and stands in the trail from then on: once. */
  #say(message: string): void {
    this.#options.troubled({ reason: 'TrailBroken', message, retryable: false });
    const isSaid = [...entriesIn(this.#segments), ...this.#queue.all].some(
      (entry) => entry.what === brokenWhat && entry.message === message,
    );
    if (!isSaid) this.#queue.say(message);
  }
}

/** Fails as a list does. */
export async function verifySegments(place: SegmentPlace): Promise<Result<TrailProof>> {
  const listed = await listSegments(place);
  if (!listed.ok) return failed(listed.error);
  const segments = listed.value;
  const next = nextNumber(segments);
  const first = segments[0]?.first ?? null;
  return ok({
    entries: segments.reduce((sum, { lines }) => sum + lines.length, 0),
    first,
    last: first === null ? null : next - 1,
    hash: segments.at(-1)?.hash ?? null,
    how: 'a chain of SHA-256 over all entries, in ConfigMaps that are immutable once they are full',
    problems: chainProblems(segments),
  });
}

/** What anybody who may read ConfigMaps reads. */
export async function readSegments(place: SegmentPlace, filter: TrailFilter): Promise<Result<readonly TrailEntry[]>> {
  const listed = await listSegments(place);
  return listed.ok ? ok(trailIn(entriesIn(listed.value), filter)) : listed;
}

const lostText = (lost: readonly TrailEntry[]): string =>
  `${lost.length} entries that were written are gone, of ${lost
    .map(({ number }) => number)
    .slice(0, 5)
    .join(', ')}; they are written again`;

const droppedText = (count: number): string =>
  `${count} entries were never written: so long was every write refused that more waited than are kept; those of releases are in their logs`;

const unwritten = (entries: number): Problem => ({
  reason: 'TrailUnwritten',
  message: `${entries} entries are not in the trail: the next controller takes those of releases from their logs`,
  retryable: false,
});
