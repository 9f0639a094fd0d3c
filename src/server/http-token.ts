/** The bearer token that opens the server to others than this machine: read from a file, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';

const leastLength = 16;

/** White space around it is no part of it. */
export const readToken = async (file: string): Promise<Result<string>> => {
  try {
    const token = (await readFile(file, 'utf8')).trim();
    return token.length >= leastLength && !/\s/.test(token) ? ok(token) : refused(file, tooWeak);
  } catch (error) {
    return refused(file, messageOf(error));
  }
};

const tooWeak = `it has to hold one word of at least ${leastLength} letters; make one with: openssl rand -hex 32`;

const refused = (file: string, why: string): Result<never> =>
  failed({ reason: 'BadTokenFile', message: `token file ${file}: ${why}`, retryable: false });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether an `Authorization` header carries the token; the time it takes says nothing about the token. */
export const carriesToken = (header: string | undefined, token: string): boolean => {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  return timingSafeEqual(digest(value), digest(token)) && scheme.toLowerCase() === 'bearer';
};
