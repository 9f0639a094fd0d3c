/** What a restore changes in a text, for people: the lines that go and the lines that come, without what is the same around them. */

const mostLines = 20;

/** `- ` of now, `+ ` as it will be. */
export function lineDiff(now: string, then: string): readonly string[] {
  const [a, b] = [now.split('\n'), then.split('\n')];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const gone = a.slice(head, a.length - tail).map((line) => `- ${line}`);
  const come = b.slice(head, b.length - tail).map((line) => `+ ${line}`);
  const all = [...shortened(gone), ...shortened(come)];
  return [`line ${head + 1}:`, ...all];
}

const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= mostLines ? lines : [...lines.slice(0, mostLines), `  ... ${lines.length - mostLines} more`];
