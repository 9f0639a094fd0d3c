/** How much of a terminal's line text takes: the one place where widths are reckoned, cut and filled. */
import stringWidth from 'string-width';

const plain = /^[\x20-\x7e]*$/;

/** Columns: two for a wide character, none for a mark that stands on the one before it. */
export const columnsOf = (text: string): number => (plain.test(text) ? text.length : stringWidth(text));

/** Filled with blanks, or with another sign of one column, up to a width; what is wider stays as it is. */
export const padded = (text: string, width: number, sign = ' '): string =>
  text + sign.repeat(Math.max(0, width - columnsOf(text)));

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What of a text stands in the first columns, and the rest; no character is taken apart. */
export const split = (text: string, width: number): readonly [string, string] => {
  if (plain.test(text)) return [text.slice(0, Math.max(0, width)), text.slice(Math.max(0, width))];
  let [at, used] = [0, 0];
  for (const { segment } of segmenter.segment(text)) {
    used += columnsOf(segment);
    if (used > width) break;
    at += segment.length;
  }
  return [text.slice(0, at), text.slice(at)];
};
