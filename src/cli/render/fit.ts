/** Text cut or filled to a width in characters. */

/** At most `width`; the last character says that something was cut. */
export const fit = (text: string, width: number): string => {
  if (text.length <= width) return text;
  return width < 1 ? '' : `${text.slice(0, width - 1)}~`;
};

/** Words over several lines of at most `width`; a longer word is cut. Further lines begin with `indent`. */
export const wrap = (text: string, width: number, indent = ''): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = fit(`${lines.length > 0 ? indent : ''}${word}`, width);
  }
  return line === '' ? lines : [...lines, line];
};
