/** Text of others, cut or broken to a width in columns. */
import { columnsOf, split } from './columns.ts';
import { shown } from './shown.ts';

/** At most `width`; the last character says that something was cut. */
export const fit = (text: string, width: number): string => {
  const line = shown(text);
  if (columnsOf(line) <= width) return line;
  return width < 1 ? '' : `${split(line, width - 1)[0]}~`;
};

/** Words over several lines of at most `width`; a word that is longer than a line goes on in the next. Further lines begin with `indent`. */
export const wrap = (text: string, width: number, indent = ''): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? shown(word) : `${line} ${shown(word)}`;
    if (columnsOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = broken(`${lines.length > 0 ? indent : ''}${shown(word)}`, { width, indent, lines });
  }
  return line === '' ? lines : [...lines, line];
};

interface Room {
  readonly width: number;
  readonly indent: string;
  /** Whole lines are put here. */
  readonly lines: string[];
}

/** What is left over for the last line; where not even a character has room beside the indent, the word is cut. */
const broken = (word: string, { indent, lines, width }: Room): string => {
  if (columnsOf(word) <= width) return word;
  const [line, rest] = split(word, width);
  if (line.length <= indent.length) return fit(word, width);
  lines.push(line);
  return broken(`${indent}${rest}`, { indent, lines, width });
};
