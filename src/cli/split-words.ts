/** A command line as one text, to its words: spaces part them, quotes and backslashes keep them together. No shell runs. */
import { failed, ok, type Result } from '../lib/result.ts';

const word = /(?:[^\s"'\\]+|"(?:[^"\\]|\\.)*"|'[^']*'|\\.)+/gs;

export const splitWords = (line: string): Result<readonly string[], string> => {
  const rest = line.replaceAll(word, '').trim();
  if (rest !== '') return failed(`a quote in ${JSON.stringify(line)} is not closed`);
  return ok([...line.matchAll(word)].map(([text]) => unquoted(text)));
};

const unquoted = (text: string): string =>
  text.replaceAll(piece, (all) => {
    if (all.startsWith("'")) return all.slice(1, -1);
    if (all.startsWith('"')) return all.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
    return all.startsWith('\\') ? all.slice(1) : all;
  });

const piece = /"(?:[^"\\]|\\.)*"|'[^']*'|\\./gs;
