/** Two connections tied together after a switch of protocols: bytes both ways, held back by the slower side, closed by halves. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** `in`: from the user; `out`: to the user. */
export type Direction = 'in' | 'out';

export interface TunnelOptions {
  readonly user: Duplex;
  readonly upstream: Duplex;
  /** How long one side may go on in silence when the other has ended. */
  readonly halfOpenMs: number;
  readonly passed: (direction: Direction, bytes: number) => void;
  /** The backend's side broke. */
  readonly broke: (error: Error) => void;
  /** Both sides are gone. */
  readonly closed: () => void;
}

/** A peer that vanished without a word is noticed by the system's probes. */
const probeAfterMs = 60_000;
const lastWordsMs = 1_000;

/**
 *   user ──pipe──► upstream      one side's end is passed on, the other goes on
 *        ◄──pipe──               one side's loss ends both
 */
export class Tunnel {
  readonly #options: TunnelOptions;
  #open = 2;
  /** How long a side may go on alone. */
  #silenceMs: number;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#silenceMs = options.halfOpenMs;
    const { user, upstream, passed, broke } = options;
    user.on('error', () => {});
    upstream.on('error', (error) => {
      if (!user.destroyed) broke(error);
    });
    user.on('data', (chunk: Buffer) => passed('in', chunk.length));
    upstream.on('data', (chunk: Buffer) => passed('out', chunk.length));
    user.pipe(upstream);
    upstream.pipe(user);
    this.#tie(user, upstream);
    this.#tie(upstream, user);
  }

  /** Ends it: the user gets what was on its way, and then the end. */
  cut(): void {
    const { user, upstream } = this.#options;
    this.#silenceMs = lastWordsMs;
    upstream.unpipe(user);
    upstream.destroy();
    giveUpAfter(user, lastWordsMs);
  }

  #tie(one: Duplex, other: Duplex): void {
    watch(one);
    one.once('end', () => giveUpAfter(other, this.#silenceMs));
    one.once('close', () => {
      giveUpAfter(other, this.#silenceMs);
      flushAndEnd(other);
      this.#open--;
      if (this.#open === 0) this.#options.closed();
    });
  }
}

type Timed = Duplex & Pick<Socket, 'setKeepAlive' | 'setTimeout'>;

const isTimed = (stream: Duplex): stream is Timed => 'setTimeout' in stream && 'setKeepAlive' in stream;

/** No limit to silence while both sides are open. */
function watch(stream: Duplex): void {
  if (!isTimed(stream)) return;
  stream.setTimeout(0);
  stream.setKeepAlive(true, probeAfterMs);
}

/** Of silence. */
function giveUpAfter(stream: Duplex, ms: number): void {
  if (isTimed(stream)) stream.setTimeout(ms, () => stream.destroy());
}

/** What is written goes out first. */
function flushAndEnd(stream: Duplex): void {
  if (!stream.destroyed) stream.end(() => stream.destroy());
}
