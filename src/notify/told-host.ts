/** Which pages each target has had, kept in a file: the next controller sends what is missing, and nothing twice. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ToldBook {
  has(target: string, notice: string): boolean;
  /** Kept at once. A disk that does not take it costs a page that is sent again. */
  add(target: string, notice: string): void;
}

/** For where nothing is kept. */
export const nothingTold: ToldBook = { has: () => false, add: () => undefined };

/** Newest that are remembered: more pages than anybody gets within the time that they are worth sending. */
const mostTold = 1_000;

const lineOf = (target: string, notice: string): string => JSON.stringify([target, notice]);

/** `stateDir`: of the controller, which owns it. */
export function openToldBook(stateDir: string): ToldBook {
  const path = join(stateDir, 'pages.told');
  const told = new Set(linesOf(path).slice(-mostTold));
  quietly(() => writeFileSync(path, [...told].map((line) => `${line}\n`).join('')));
  return {
    has: (target, notice) => told.has(lineOf(target, notice)),
    add: (target, notice) => {
      const line = lineOf(target, notice);
      if (told.has(line)) return;
      told.add(line);
      quietly(() => appendFileSync(path, `${line}\n`));
    },
  };
}

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
};

const quietly = (write: () => void): void => {
  try {
    write();
  } catch {
    // A full disk: the page is sent once more by the next controller, which is better than none.
  }
};
