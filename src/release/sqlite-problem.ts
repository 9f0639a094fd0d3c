/** One place that maps what SQLite throws to a problem that says what to do. */
import { messageOf } from '../lib/message-of.ts';
import type { Problem } from '../lib/result.ts';
import { OtherSchema } from './sqlite-schema.ts';

interface Meaning {
  readonly reason: string;
  readonly advice: string;
  readonly retryable: boolean;
}

/** By SQLite's primary result code (https://www.sqlite.org/rescode.html). */
const meanings: Readonly<Record<number, Meaning>> = {
  5: {
    reason: 'StoreInUse',
    advice: 'another Sluice owns this file: stop it, or give this one a store of its own',
    retryable: true,
  },
  8: { reason: 'StoreReadOnly', advice: 'make the file and its folder writable for this user', retryable: true },
  10: { reason: 'StoreFailed', advice: 'look at the disk; what was saved before is safe', retryable: true },
  11: { reason: 'StoreCorrupt', advice: 'restore it from a copy, or move it away and start anew', retryable: false },
  13: { reason: 'DiskFull', advice: 'free some space; saving goes on by itself then', retryable: true },
  14: {
    reason: 'StoreUnreachable',
    advice: 'check that the path is a file in a folder that this user may write to',
    retryable: true,
  },
  26: { reason: 'StoreCorrupt', advice: 'this file is no SQLite database: name another path', retryable: false },
};

const unknown: Meaning = {
  reason: 'StoreFailed',
  advice: 'see the message; nothing of this save was kept',
  retryable: true,
};

/** `path`: of the file, for the message. */
export function sqliteProblem(thrown: unknown, path: string): Problem {
  const text = messageOf(thrown);
  if (thrown instanceof OtherSchema) {
    return {
      reason: 'StateUnreadable',
      message: `store ${path}: ${text}; run the version that wrote it`,
      retryable: false,
    };
  }
  if (isClosed(thrown)) return { reason: 'StoreClosed', message: `store ${path} is closed`, retryable: false };
  const { advice, reason, retryable } = meanings[codeOf(thrown)] ?? folderTrouble(thrown) ?? unknown;
  return { reason, message: `store ${path}: ${text}; ${advice}`, retryable };
}

/** Its folder could not be made. */
const folderTrouble = (thrown: unknown): Meaning | undefined => {
  const call = thrown instanceof Error && 'syscall' in thrown ? thrown.syscall : undefined;
  return call === 'mkdir' ? meanings[14] : undefined;
};

/** The extended code's low byte is the primary one; -1: not from SQLite. */
const codeOf = (thrown: unknown): number =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : -1;

const isClosed = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_INVALID_STATE';
