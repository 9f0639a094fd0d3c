/** Writes the access log behind the traffic's back: what a disk does not take in time is dropped and counted, and no request waits. */
import { pino } from 'pino';
import { accessLogLine, type Served } from './access-log-line.ts';
import type { AccessLogSettings } from './settings.ts';

/** Written together; what is less waits for `flushMs` at most. */
const pieceBytes = 8_192;
const flushMs = 1_000;

/** Kept for a disk that is slow: some thousand lines. */
const mostBytes = 1_048_576;

const standardOutput = 1;

export interface LogTrouble {
  /** One line was lost. */
  readonly dropped: () => void;
  readonly failed: (error: Error) => void;
}

export class AccessLog {
  readonly #settings: AccessLogSettings;
  readonly #destination: ReturnType<typeof pino.destination>;

  constructor(settings: AccessLogSettings, { dropped, failed }: LogTrouble) {
    this.#settings = settings;
    this.#destination = pino.destination({
      dest: settings.file ?? standardOutput,
      sync: false,
      minLength: pieceBytes,
      maxLength: mostBytes,
      periodicFlush: flushMs,
    });
    this.#destination.on('drop', dropped).on('error', failed);
  }

  note(served: Served): void {
    this.#destination.write(accessLogLine(served, this.#settings, Date.now()));
  }

  /** After its file was moved away. */
  reopen(): void {
    if (this.#settings.file !== null) this.#destination.reopen();
  }

  /** Resolves when everything is written, or can't be. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#destination.once('close', resolve).once('error', () => resolve());
      this.#destination.end();
    });
  }
}
