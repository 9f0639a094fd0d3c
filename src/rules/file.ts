/** A rule file as a stream: the set in force, and every content that was refused while the last good set stays.
 *
 *     look every pollMs ──► same as the look before? ──no──► wait for the next look (it may be half written)
 *         ▲                         │ yes, and not taken up yet
 *         │                         ▼
 *         └────── changed ◄── read, and look again ──► same still: parsed
 *                                                        │ good          │ bad
 *                                                   loaded(set)   refused(errors, last good set)
 *
 * A look follows symbolic links and compares device, inode, size and times, so a swapped link, a rename over the file
 * and a rewrite in place are all seen.
 */
import { stat } from 'node:fs/promises';
import { defer, filter, type Observable, repeat, scan } from 'rxjs';
import type { FileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { failed, type Result } from '../lib/result.ts';
import type { RuleSet } from './rule.ts';
import { parseRules, type RulesOptions } from './rule-file.ts';

export type RulesFileEvent =
  | { readonly kind: 'loaded'; readonly set: RuleSet }
  /** `lastGood` stays in force; null: the file was never good since this started. */
  | { readonly kind: 'refused'; readonly errors: readonly FileError[]; readonly lastGood: RuleSet | null };

export interface WatchOptions {
  /** How often the file is looked at. A change is taken up after two looks at most. Default 500. */
  readonly pollMs?: number;
}

type Parsed = Result<RuleSet, readonly FileError[]>;

/** A text that changes whenever the file behind the path does; the reason where there is none. Never rejects. */
const look = async (path: string): Promise<string> => {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

const readOnce = async (options: RulesOptions): Promise<Parsed> => {
  const bytes = await readConfigFile(options.file);
  return bytes.ok ? parseRules(bytes.value, options) : failed([bytes.error]);
};

/** Looks once; answers what stands in the file when that stands still and is new, null otherwise. */
const looker = (options: RulesOptions): (() => Promise<Parsed | null>) => {
  let before: string | null = null;
  let takenUp: string | null = null;
  return async () => {
    const now = await look(options.file);
    // The very first look counts as settled: a start must not wait.
    const stands = before === null || before === now;
    before = now;
    if (!stands || now === takenUp) return null;
    const parsed = await readOnce(options);
    // What was written while it was read may be in it by half.
    if ((await look(options.file)) !== now) return null;
    takenUp = now;
    return parsed;
  };
};

const next = (before: RulesFileEvent | null, parsed: Parsed): RulesFileEvent => {
  if (parsed.ok) return { kind: 'loaded', set: parsed.value };
  const lastGood = before?.kind === 'loaded' ? before.set : (before?.lastGood ?? null);
  return { kind: 'refused', errors: parsed.error, lastGood };
};

/**
 * The first event at once, further ones whenever the file has another content that stands still. Never errors, never
 * completes; each subscription looks by itself and stops when it is unsubscribed.
 */
export const watchRules = (options: RulesOptions, { pollMs = 500 }: WatchOptions = {}): Observable<RulesFileEvent> =>
  defer(() => {
    const lookOnce = looker(options);
    // From the end of one look to the next: a machine that stalls must not have two looks in one moment.
    return defer(lookOnce).pipe(repeat({ delay: pollMs }));
  }).pipe(
    filter((parsed) => parsed !== null),
    scan<Parsed, RulesFileEvent | null>(next, null),
    filter((event) => event !== null),
  );
