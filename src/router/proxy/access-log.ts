/** Writes the access log behind the traffic's back: what a disk does not take in time is dropped and counted, and no request waits. */
import { pino } from 'pino';
import { accessLogLine, type Served } from './access-log-line.ts';
import type { AccessLogSettings } from './settings.ts';

/** Written together; what is less waits for `flushMs` at most. */
const pieceBytes = 8_192;
const flushMs = 1_000;

/** Kept for a disk that is slow: some thousand lines. */
const mostBytes = 1_048_576;

/** For a disk that takes the last lines, or doesn't. */
const lastMs = 1_000;

const standardOutput = 1;

export interface LogTrouble {
  /** One line was lost. */
  readonly dropped: () => void;
  readonly failed: (error: Error) => void;
}

/**
 *   opening ──► open ──end──► closed
 *      └── can't be opened ──► closed: each line counts as lost, until it is opened again
 */
export class AccessLog {
  readonly #settings: AccessLogSettings;
  readonly #trouble: LogTrouble;
  #destination: ReturnType<typeof pino.destination>;
  readonly #flushing: NodeJS.Timeout;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #ended: Promise<void> | null = null;

  constructor(settings: AccessLogSettings, trouble: LogTrouble) {
    this.#settings = settings;
    this.#trouble = trouble;
    this.#destination = this.#open();
    this.#flushing = setInterval(() => this.#flush(), flushMs).unref();
  }

  note(served: Served): void {
    if (this.#state === 'closed' || this.#ended !== null) return this.#trouble.dropped();
    this.#destination.write(accessLogLine(served, this.#settings, Date.now()));
  }

  /** After its file was moved away, or may be there at last. */
  reopen(): void {
    const { file } = this.#settings;
    if (file === null || this.#ended !== null) return;
    if (this.#state === 'closed') this.#destination = this.#open();
    else this.#destination.reopen();
  }

  /** Resolves when everything is written, or can't be. */
  end(): Promise<void> {
    this.#ended ??= this.#close();
    return this.#ended;
  }

  #open(): ReturnType<typeof pino.destination> {
    this.#state = 'opening';
    const destination = pino.destination({
      dest: this.#settings.file ?? standardOutput,
      sync: false,
      minLength: pieceBytes,
      maxLength: mostBytes,
    });
    destination.on('drop', this.#trouble.dropped).on('error', (error: Error) => {
      if (this.#state === 'opening') this.#state = 'closed';
      this.#trouble.failed(error);
    });
    return destination.on('ready', () => {
      this.#state = 'open';
    });
  }

  #flush(): void {
    if (this.#state === 'open') this.#destination.flush();
  }

  #close(): Promise<void> {
    clearInterval(this.#flushing);
    if (this.#state === 'closed') return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const done = (): void => resolve(undefined);
    const patience = setTimeout(done, lastMs);
    this.#destination.once('close', done).once('error', done).end();
    return promise.finally(() => clearTimeout(patience));
  }
}
