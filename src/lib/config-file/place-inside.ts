/** Where a letter of a text value stands in its file: behind quotes, escapes, and the line breaks of a block. */
import { type LineMap, lineMap, type Position } from './line-map.ts';
import { type Path, placeOf } from './yaml-document.ts';
import type { YamlFile } from './yaml-file.ts';

const startIn = (text: string, { line, col }: Position): number => {
  let at = 0;
  for (let passed = 1; passed < line; passed += 1) at = text.indexOf('\n', at) + 1;
  return at + col - 1;
};

/** Past the quote, or past the first line of a block (`|`, `>-`). */
const contentStart = (source: string, start: number): number => {
  const first = source[start] ?? '';
  if (first === '"' || first === "'") return start + 1;
  return first === '|' || first === '>' ? source.indexOf('\n', start) + 1 : start;
};

const isBlank = (char: string | undefined): boolean => char !== undefined && /\s/.test(char);

const escapeLength = (source: string, at: number): number => {
  const kind = source[at + 1] ?? '';
  return 2 + (kind === 'x' ? 2 : kind === 'u' ? 4 : kind === 'U' ? 8 : 0);
};

/** The offset in the source of the value's letter that follows those up to `at`; null: the source reads otherwise. */
const nextMatch = (source: string, at: number, wanted: string): number | null => {
  let here = at;
  while (here < source.length) {
    const char = source[here];
    if (char === wanted || (isBlank(char) && isBlank(wanted))) return here;
    // An escaped quote is found behind its backslash; any other escape stands for one letter.
    if (char === '\\' && source[here + 1] === wanted) return here + 1;
    if (char === '\\') return here;
    if (!isBlank(char)) return null;
    here += 1;
  }
  return null;
};

const lengthAt = (source: string, at: number, wanted: string): number => {
  if (source[at] === '\\' && wanted !== '\\') return escapeLength(source, at);
  // `''` in single quotes, `\\` in double ones.
  const doubled = wanted === source[at] && source[at + 1] === wanted && (wanted === "'" || wanted === '\\');
  return doubled ? 2 : 1;
};

const aligned = (source: string, start: number, prefix: string): number | null => {
  let at = contentStart(source, start);
  for (const char of prefix) {
    const match = nextMatch(source, at, char);
    if (match === null) return null;
    at = match + lengthAt(source, match, char);
    // A folded line break is one blank, whatever stands around it.
    if (isBlank(char) && source[match] !== char) while (isBlank(source[at])) at += 1;
  }
  return at;
};

/** Of the letter at `offset` in the text value at `path`; where the value begins, if the file writes it in a way not followed here. */
export const placeInside = (yaml: YamlFile, path: Path, offset: number): Position => {
  const { value: begin } = placeOf(yaml.document, path);
  const value = path.reduce<unknown>(
    (data, part) => (typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[part] : undefined),
    yaml.document.data,
  );
  if (typeof value !== 'string') return begin;
  const start = startIn(yaml.text, begin);
  const before = aligned(yaml.text, start, value.slice(0, offset));
  const found = before === null ? null : nextMatch(yaml.text, before, value[offset] ?? value.at(-1) ?? '');
  const map: LineMap = lineMap(yaml.text);
  return found === null ? (before === null ? begin : map(before)) : map(found);
};
