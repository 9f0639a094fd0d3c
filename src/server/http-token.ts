/** The bearer tokens that open the server to others than this machine: read from a file, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { whyUnreadable } from '../lib/config-file/why-unreadable.ts';
import { failed, ok, type Result } from '../lib/result.ts';

export interface Key {
  readonly token: string;
  /** Who gives orders with it; null: it opens the server and shows nobody's name. */
  readonly name: string | null;
  /** Opens what can be read, and takes no orders; left out: it does both. */
  readonly only?: 'read';
}

const leastLength = 16;

/** A token a line, alone or after the name of whom it shows. Empty lines, and those that begin with #, say nothing. */
export const readKeys = async (file: string, only?: Key['only']): Promise<Result<readonly Key[]>> => {
  try {
    return keysIn(await readFile(file, 'utf8'), { file, only });
  } catch (error) {
    return refused(file, whyUnreadable(file, error));
  }
};

/** The token that a client shows: the first of the file. */
export const ownToken = (text: string): string => linesOf(text)[0]?.at(-1) ?? '';

const linesOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/));

const keysIn = (
  text: string,
  { file, only }: { readonly file: string; readonly only: Key['only'] | undefined },
): Result<readonly Key[]> => {
  const lines = linesOf(text);
  const keys = lines.map(
    (words): Key => ({
      token: words.at(-1) ?? '',
      name: words.length > 1 ? (words[0] ?? '') : null,
      ...(only === undefined ? {} : { only }),
    }),
  );
  const isWeak = lines.some((words) => words.length > 2) || keys.some(({ token }) => token.length < leastLength);
  if (keys.length === 0 || isWeak) return refused(file, tooWeak);
  return new Set(keys.map(({ token }) => token)).size === keys.length ? ok(keys) : refused(file, twice);
};

const tooWeak = `each line has to hold one word of at least ${leastLength} letters, or a name and such a word; make one with: openssl rand -hex 32`;

const twice = 'two lines hold the same token: it could not be told whose it is';

const refused = (file: string, why: string): Result<never> =>
  failed({ reason: 'BadTokenFile', message: `token file ${file}: ${why}`, retryable: false });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What an `Authorization` header carries; empty: nothing. */
export const bearerIn = (header: string | undefined): string => {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  return scheme.toLowerCase() === 'bearer' ? value : '';
};

/** The key that an `Authorization` header carries; the time it takes says nothing about any token. */
export const carriedKey = (header: string | undefined, keys: readonly Key[]): Key | null => {
  const shown = digest(bearerIn(header));
  return keys.filter(({ token }) => timingSafeEqual(shown, digest(token)))[0] ?? null;
};
