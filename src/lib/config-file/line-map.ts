/** Character offsets of a text as the lines and columns that editors show, both from 1. */

export interface Position {
  readonly line: number;
  readonly col: number;
}

export const startOfFile: Position = { line: 1, col: 1 };

export type LineMap = (offset: number) => Position;

export const lineMap = (text: string): LineMap => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, col: offset - (starts[low] ?? 0) + 1 };
  };
};
