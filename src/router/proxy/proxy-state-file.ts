/** The proxy's memory over its own restart: the last split, written whole or not at all, behind the traffic's back. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../../lib/message-of.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Route } from '../route.ts';
import { switchedOff, targets } from './protocol.ts';

const stateFormat = 1;

const savedRoute = z.strictObject({
  format: z.literal(stateFormat),
  canary: z.int().min(0).max(100),
  serial: z.int(),
  epoch: z.int(),
  release: z.string().nullable(),
  latched: z.array(z.string()),
  targets,
  startedAtMs: z.number(),
  switchedOff: switchedOff.optional(),
});

export interface UnreadableState {
  readonly message: string;
  /** Where the unreadable file was moved. */
  readonly keptAs: string;
}

/**
 *   save(a) ──► writing a ──► saved            a disk that hangs holds up no traffic and no decrease
 *   save(b), save(c) meanwhile ──► only c is written next
 */
export class ProxyStateFile {
  readonly #path: string;
  readonly #failed: (message: string) => void;
  #pending: Route | null = null;
  #writing: Promise<void> | null = null;
  #error: string | null = null;

  constructor(path: string, failed: (message: string) => void) {
    this.#path = path;
    this.#failed = failed;
  }

  /** Everything that was given is written. */
  get saved(): boolean {
    return this.#error === null && this.#writing === null;
  }

  /** Why the last write failed; null: it did not. */
  get error(): string | null {
    return this.#error;
  }

  /** null: there is none yet. An unreadable one is put aside: stable traffic is worth more than its contents. */
  async read(): Promise<Result<Route | null, UnreadableState>> {
    try {
      const { format: _format, ...route } = savedRoute.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      return ok(route);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ok(null);
      const keptAs = `${this.#path}.unreadable`;
      // Where it can't be moved it can't be written either, which is an error of its own.
      await rename(this.#path, keptAs).catch(() => undefined);
      return failed({ message: messageOf(error), keptAs });
    }
  }

  save(route: Route): void {
    this.#pending = route;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when everything that was given is written or could not be, at the latest after `limitMs`. */
  async settled(limitMs: number): Promise<void> {
    if (this.#writing === null) return;
    const limit = new AbortController();
    await Promise.race([this.#writing, sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {})]);
    limit.abort();
  }

  async #writeAll(): Promise<void> {
    while (this.#pending !== null) {
      const route = this.#pending;
      this.#pending = null;
      try {
        await writeWhole(this.#path, JSON.stringify({ format: stateFormat, ...route }));
        this.#error = null;
      } catch (error) {
        this.#error = messageOf(error);
        this.#failed(this.#error);
      }
    }
    this.#writing = null;
  }
}

/**
 * Through a neighbour and a rename: a killed process leaves the old file or the new one.
 * Not forced to the disk: after a loss of power the endpoints in it are gone as well, and the controller says everything anew.
 */
async function writeWhole(path: string, text: string): Promise<void> {
  const neighbour = `${path}.new`;
  await writeFile(neighbour, text, { mode: 0o600 });
  await rename(neighbour, path);
}
