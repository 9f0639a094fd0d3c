/** Where a letter of a text value stands in its file: behind quotes, escapes, and the line breaks of a block. */
import { lineMap, type Position } from './line-map.ts';
import { type Path, placeOf } from './yaml-document.ts';
import type { YamlFile } from './yaml-file.ts';

const startIn = (text: string, { line, col }: Position): number => {
  let at = 0;
  for (let passed = 1; passed < line; passed += 1) at = text.indexOf('\n', at) + 1;
  return at + col - 1;
};

type Style = 'double' | 'single' | 'plain';

const styleOf = (source: string, start: number): Style =>
  source[start] === '"' ? 'double' : source[start] === "'" ? 'single' : 'plain';

/** Past the quote, or past the first line of a block (`|`, `>-`). */
const contentStart = (source: string, start: number): number => {
  if (styleOf(source, start) !== 'plain') return start + 1;
  return source[start] === '|' || source[start] === '>' ? source.indexOf('\n', start) + 1 : start;
};

const isBlank = (char: string | undefined): boolean => char !== undefined && /\s/.test(char);

/** How much of the source an escape is, the backslash included. */
const escapeLength = (kind: string | undefined): number => {
  if (kind === 'x') return 4;
  if (kind === 'u') return 6;
  return kind === 'U' ? 10 : 2;
};

interface Match {
  readonly at: number;
  /** Where the letter after it begins. */
  readonly next: number;
}

/** Where the value's next letter stands in the source, from `from` on; null: the source reads otherwise. */
const matchFrom = (source: string, from: number, { wanted, style }: Wanted): Match | null => {
  let at = from;
  while (isBlank(source[at]) && !isBlank(wanted)) at += 1;
  const found = source[at];
  if (style === 'double' && found === '\\') return { at, next: at + escapeLength(source[at + 1]) };
  if (style === 'single' && found === "'" && wanted === "'") return { at, next: at + 2 };
  if (found === wanted) return { at, next: at + 1 };
  if (!isBlank(found) || !isBlank(wanted)) return null;
  // A folded line break is one blank, whatever stands around it.
  let next = at + 1;
  while (isBlank(source[next])) next += 1;
  return { at, next };
};

interface Wanted {
  readonly wanted: string;
  readonly style: Style;
}

/** Where the letter at `offset` of the value stands in the source; null: the source reads otherwise. */
const aligned = (source: string, start: number, value: string): number | null => {
  const style = styleOf(source, start);
  let match: Match = { at: start, next: contentStart(source, start) };
  for (const wanted of value) {
    const found = matchFrom(source, match.next, { wanted, style });
    if (found === null) return null;
    match = found;
  }
  return match.at;
};

/** Of the letter at `offset` in the text value at `path`; where the value begins, if the file writes it in a way not followed here. */
export const placeInside = (yaml: YamlFile, path: Path, offset: number): Position => {
  const { value: begin } = placeOf(yaml.document, path);
  const value = path.reduce<unknown>(
    (data, part) => (typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[part] : undefined),
    yaml.document.data,
  );
  if (typeof value !== 'string') return begin;
  // Behind the last letter stands the last letter.
  const prefix = value.slice(0, Math.min(offset + 1, value.length));
  const found = aligned(yaml.text, startIn(yaml.text, begin), prefix);
  return found === null ? begin : lineMap(yaml.text)(found);
};
