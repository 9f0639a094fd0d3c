/** Connections of HTTP/2 to one endpoint: calls share one until it has as many as the backend takes. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type Settings } from 'node:http2';
import { errors } from 'undici';

/** Servers that say no number take at least as many (RFC 9113 section 6.5.2). */
const usual = 100;

/** What users send twice is passed on as it is; node's types know this word of servers only. */
const asOptions = { strictSingleValueFields: false, settings: { enablePush: false } };

/** Without a call. */
const idleMs = 60_000;

/**
 *   call ──► a session with room? ──yes──► another stream on it
 *                 └──no───► another session; one that the backend ends (GOAWAY) takes no new calls
 */
export class GrpcChannel {
  readonly #origin: string;
  readonly #connectMs: () => number;
  /** With the number of their calls. */
  readonly #sessions = new Map<ClientHttp2Session, number>();

  /** Calls of one connection at a time, as the backend said last. */
  #most = usual;

  constructor(origin: string, connectMs: () => number) {
    this.#origin = origin;
    this.#connectMs = connectMs;
  }

  /** Name and value in turn. What goes wrong, of the connection too, is an error of the stream. */
  call(head: readonly string[], body: 'none' | 'follows'): ClientHttp2Stream {
    const session = this.#withRoom() ?? this.#connect();
    const stream = session.request(head, { endStream: body === 'none' });
    this.#sessions.set(session, this.#callsOf(session) + 1);
    stream.once('close', () => {
      if (this.#sessions.has(session)) this.#sessions.set(session, this.#callsOf(session) - 1);
    });
    return stream;
  }

  /** Calls under way end by themselves. */
  close(): void {
    for (const session of this.#sessions.keys()) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions.keys()) session.destroy();
  }

  #callsOf(session: ClientHttp2Session): number {
    return this.#sessions.get(session) ?? 0;
  }

  #withRoom(): ClientHttp2Session | undefined {
    return [...this.#sessions.keys()].find(
      (session) => !session.closed && !session.destroyed && this.#callsOf(session) < this.#most,
    );
  }

  #connect(): ClientHttp2Session {
    const session = connect(this.#origin, asOptions);
    const withinMs = this.#connectMs();
    const patience = setTimeout(
      () => session.destroy(new errors.ConnectTimeoutError(`no connection within ${withinMs} ms`)),
      withinMs,
    );
    // Each of its calls has the same error.
    session.on('error', () => {});
    session.once('connect', () => clearTimeout(patience));
    session.on('remoteSettings', (settings: Settings) => {
      // One that takes none for now has each call wait on a connection of its own otherwise.
      this.#most = Math.max(1, settings.maxConcurrentStreams ?? usual);
    });
    session.setTimeout(idleMs, () => {
      if (this.#callsOf(session) === 0) session.close();
    });
    session.once('close', () => {
      clearTimeout(patience);
      this.#sessions.delete(session);
    });
    this.#sessions.set(session, 0);
    return session;
  }
}
