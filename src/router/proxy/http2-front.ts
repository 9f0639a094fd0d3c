/** HTTP/2 at the users' side: sessions within limits, each stream a request of its own. */
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Http2Arrival } from './http2-messages.ts';
import type { ProxySettings } from './settings.ts';

export interface Http2FrontOptions {
  readonly arrived: (arrival: Http2Arrival) => void;
  readonly refused: (reason: string) => void;
  /** Those in force. */
  readonly settings: () => ProxySettings;
}

const limits = {
  /** Requests of one session at a time: more than browsers and gRPC clients use at once. */
  streams: 128,
  settings: 32,
  pings: 10,
  /** Megabytes. */
  memory: 10,
  /** Frames without sense, until the session is ended: nobody has that many by chance. */
  nonsense: 50,
  /** Streams refused: a client may have sent some before it heard of the limit. */
  refused: 200,
  /** Requests taken back: so many at once, and so many a second. */
  resets: 500,
  resetsPerSecond: 100,
} as const;

/** More than any limit allows, so that the count can be checked and told. */
const headersKept = 4_000;

const streamEnded = 0x1;

interface Use {
  readonly socket: Socket;
  /** Streams. */
  open: number;
  idle: NodeJS.Timeout;
}

/**
 *   session ──► no stream ──idle──► GOAWAY, closed
 *      ▲            │▲
 *      │      stream opens, the last one closes
 *      └── too many resets, settings, pings, frames without sense: ended, counted
 */
export class Http2Front {
  readonly #options: Http2FrontOptions;
  readonly #server: Http2Server;
  readonly #sessions = new Map<ServerHttp2Session, Use>();

  constructor(options: Http2FrontOptions) {
    this.#options = options;
    this.#server = createServer({
      // What a backend sends twice is passed on as it is.
      strictSingleValueFields: false,
      maxSettings: limits.settings,
      maxHeaderListPairs: headersKept,
      maxOutstandingPings: limits.pings,
      maxSessionMemory: limits.memory,
      maxSessionInvalidFrames: limits.nonsense,
      maxSessionRejectedStreams: limits.refused,
      streamResetBurst: limits.resets,
      streamResetRate: limits.resetsPerSecond,
      settings: { maxConcurrentStreams: limits.streams, maxHeaderListSize: options.settings().limits.headBytes },
    });
    this.#server.on('sessionError', () => options.refused('http2_session'));
    // eslint-disable-next-line @typescript-eslint/max-params -- node's
    this.#server.on('stream', (stream, headers, flags, rawHeaders) => {
      // Whoever serves it hears of its end; one that nobody serves must break nothing.
      stream.on('error', () => {});
      const { session } = stream;
      const use = this.#sessions.get(session as ServerHttp2Session);
      // Taken back before anybody looked: there will be no word of its end.
      if (use === undefined || stream.destroyed || stream.closed) return;
      this.#began(stream, use);
      options.arrived({ stream, socket: use.socket, headers, rawHeaders, ended: (flags & streamEnded) !== 0 });
    });
  }

  accept(socket: Socket): void {
    this.#server.once('session', (session) => this.#opened(session, socket));
    this.#server.emit('connection', socket);
  }

  /** For the sessions that begin from now on. */
  configure({ limits: { headBytes } }: ProxySettings): void {
    this.#server.updateSettings({ maxHeaderListSize: headBytes });
  }

  /** No new streams; the open ones end by themselves. */
  close(): void {
    for (const session of this.#sessions.keys()) session.close();
  }

  #opened(session: ServerHttp2Session, socket: Socket): void {
    const use: Use = { socket, open: 0, idle: this.#endWhenIdle(session) };
    this.#sessions.set(session, use);
    session.once('close', () => {
      this.#sessions.delete(session);
      clearTimeout(use.idle);
    });
  }

  #began(stream: ServerHttp2Stream, use: Use): void {
    const session = stream.session as ServerHttp2Session;
    use.open++;
    clearTimeout(use.idle);
    stream.once('close', () => {
      use.open--;
      if (use.open === 0 && !session.destroyed) use.idle = this.#endWhenIdle(session);
    });
  }

  /** Pings and half a head don't count as use. */
  #endWhenIdle(session: ServerHttp2Session): NodeJS.Timeout {
    return setTimeout(() => session.close(), this.#options.settings().timeouts.keepAliveMs).unref();
  }
}
