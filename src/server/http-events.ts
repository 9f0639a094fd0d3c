/**
 * Live events, as server-sent events: numbered, resumable, and never waiting for a slow reader.
 *
 *     controls.events ──► history ──► every stream (one that doesn't read is cut off, and resumes by its last id)
 */
import type { Express, Request, Response } from 'express';
import type { Controls } from './controls.ts';
import { EventHistory, type StreamEvent } from './event-history.ts';
import { refuse } from './http-errors.ts';
import type { ServerLimits } from './http-options.ts';
import { callerOf } from './http-review.ts';

export const eventsPath = '/api/v1/events';

/** Bytes that may wait for a reader, and for all of them together. */
const maxPendingBytes = 1_048_576;
const maxPendingOfAll = 64 * maxPendingBytes;

interface Stream {
  readonly response: Response;
  /** Only events of this release; null: of all. */
  readonly release: string | null;
}

export class HttpEvents {
  readonly #limits: ServerLimits;
  readonly #history: EventHistory;
  readonly #streams = new Set<Stream>();
  readonly #stopListening: () => void;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(controls: Controls, run: { readonly startedAtMs: number; readonly limits: ServerLimits }) {
    this.#limits = run.limits;
    this.#history = new EventHistory(run.startedAtMs.toString(36));
    this.#stopListening = controls.events((event) => {
      const added = this.#history.add(event);
      const text = textOf(added);
      for (const stream of this.#streams) this.#send(stream, added.release, text);
    });
    this.#heartbeat = setInterval(() => {
      for (const { response } of this.#streams) response.write(': still here\n\n');
    }, run.limits.heartbeatMs);
    this.#heartbeat.unref();
  }

  addTo(app: Express): void {
    app.get(eventsPath, (request, response) => this.#open(request, response));
  }

  /** Ends every stream: readers come back, to the next process. */
  stop(): void {
    clearInterval(this.#heartbeat);
    this.#stopListening();
    for (const { response } of this.#streams) response.end();
    this.#streams.clear();
  }

  #open(request: Request, response: Response): void {
    if (this.#streams.size >= this.#limits.maxStreams) {
      refuse(request, response, { reason: 'Unavailable', message: 'too many live streams are open', retryable: true });
      return;
    }
    const { release } = request.query;
    const stream = { response, release: typeof release === 'string' ? release : null };
    // It resumes, and whoever reads it shows anew who they are.
    const late = callerOf(response) === null ? null : setTimeout(() => response.end(), this.#limits.streamMs);
    for (const end of ['close', 'error'])
      response.on(end, () => {
        if (late !== null) clearTimeout(late);
        this.#streams.delete(stream);
      });
    response.status(200).set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' }).flushHeaders();
    response.write('retry: 1000\n\n');
    this.#streams.add(stream);
    const last = request.headers['last-event-id'];
    if (typeof last === 'string') this.#catchUp(stream, last);
  }

  #catchUp(stream: Stream, last: string): void {
    const missed = this.#history.since(last);
    if (missed.kind === 'events') for (const event of missed.events) this.#send(stream, event.release, textOf(event));
    else stream.response.write('event: gap\ndata: {"message":"events were missed: read the releases anew"}\n\n');
  }

  /** Who does not read what is sent is cut off: the next connection goes on from the last id. */
  #send(stream: Stream, release: string, text: string): void {
    if (stream.release !== null && stream.release !== release) return;
    if (stream.response.writableLength > Math.min(maxPendingBytes, maxPendingOfAll / this.#streams.size)) {
      this.#streams.delete(stream);
      stream.response.destroy();
      return;
    }
    stream.response.write(text);
  }
}

const textOf = ({ data, id, name }: StreamEvent): string => `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`;
