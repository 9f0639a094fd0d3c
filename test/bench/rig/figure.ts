/** A figure as the measurements print it: what came out of so many runs, beside what is to be reached. */

export interface Reach {
  readonly median: number;
  readonly worst?: number;
}

/** The lower one of the two middle values: never a value that was not measured. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;

export interface Measured {
  readonly values: readonly number[];
  /** null: nothing was promised, it is good to know. */
  readonly reach: Reach | null;
}

/** `  what: median 12 ms (reach: <= 50), worst 31 ms (reach: <= 300)   reached; 20 runs: 9 10 ...` */
export function figure(what: string, unit: string, { values, reach }: Measured): string {
  const shown = (value: number): string => value.toFixed(unit === 's' ? 2 : 0);
  const [middle, worst] = [median(values), Math.max(...values)];
  const limit = (most: number | undefined): string => (most === undefined ? '' : ` (reach: <= ${most})`);
  const list = values.toSorted((a, b) => a - b).map(shown);
  return [
    `  ${what}: median ${shown(middle)} ${unit}${limit(reach?.median)}, worst ${shown(worst)} ${unit}${limit(reach?.worst)}`,
    `${standing({ middle, worst }, reach)}${values.length} runs: ${list.join(' ')}`,
  ].join('   ');
}

function standing({ middle, worst }: { middle: number; worst: number }, reach: Reach | null): string {
  if (reach === null) return '';
  return middle <= reach.median && worst <= (reach.worst ?? Number.POSITIVE_INFINITY) ? 'reached; ' : 'MISSED; ';
}
