/** The ledger on disk: written whole or not at all; a raise waits for it, a decrease does not. */
import { readFileSync, renameSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../lib/message-of.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { WriteProblem } from '../router.ts';
import type { Ledger } from './ledger.ts';

const ledgerFormat = 1;

const percent = z.int().min(0).max(100);
const target = z.strictObject({ revision: z.string().nullable(), endpoints: z.array(z.string()) });
const counts = z.strictObject({ canary: z.number(), stable: z.number() });

const savedLedger = z.strictObject({
  format: z.literal(ledgerFormat),
  route: z.strictObject({
    canary: percent,
    serial: z.int(),
    epoch: z.int(),
    release: z.string().nullable(),
    latched: z.array(z.string()),
    targets: z.strictObject({ canary: target, stable: target }),
    startedAtMs: z.number(),
    switchedOff: z
      .strictObject({ atMs: z.number(), from: percent, release: z.string().nullable(), silentMs: z.number() })
      .optional(),
  }),
  slots: z.strictObject({
    canary: z.record(z.string(), z.string()),
    stable: z.record(z.string(), z.string()),
  }),
  places: z.record(
    z.string(),
    z.strictObject({
      process: z.string(),
      percent,
      by: z.enum(['us', 'others']),
      given: z.record(z.string(), z.int()).nullable(),
      counted: counts,
    }),
  ),
  countedAt: percent.nullable(),
});

/**
 *   save(a) ──► writing a            save(b), save(c) meanwhile ──► only c is written next, and both wait for it
 */
export class LedgerFile {
  readonly #path: string;
  #pending: Ledger | null = null;
  #writing: Promise<Result<void, WriteProblem>> | null = null;
  #next: Promise<Result<void, WriteProblem>> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Null: there is none, or none that can be read; that one is put aside, and HAProxy is taken up as it is, without a canary. */
  read(): Ledger | null {
    try {
      const { format: _format, ...ledger } = savedLedger.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      return ledger;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) putAside(this.#path);
      return null;
    }
  }

  /** Settles when this ledger, or a later one, is on disk. Never rejects. */
  save(ledger: Ledger): Promise<Result<void, WriteProblem>> {
    this.#pending = ledger;
    if (this.#writing === null) return this.#begin();
    this.#next ??= this.#writing.then(() => this.#begin());
    return this.#next;
  }

  #begin(): Promise<Result<void, WriteProblem>> {
    const ledger = this.#pending;
    this.#pending = null;
    this.#next = null;
    this.#writing = writeWhole(this.#path, JSON.stringify({ format: ledgerFormat, ...ledger })).then((written) => {
      if (this.#next === null) this.#writing = null;
      return written;
    });
    return this.#writing;
  }
}

async function writeWhole(path: string, text: string): Promise<Result<void, WriteProblem>> {
  const neighbour = `${path}.new`;
  try {
    const file = await open(neighbour, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(neighbour, path);
    return ok(undefined);
  } catch (error) {
    return failed({ reason: 'Unreachable', message: `${path} can't be written: ${messageOf(error)}` });
  }
}

/** Where it can't be moved it can't be written either, which is an error of its own. */
function putAside(path: string): void {
  try {
    renameSync(path, `${path}.unreadable`);
  } catch {
    return;
  }
}
