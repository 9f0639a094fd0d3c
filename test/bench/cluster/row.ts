/** One line of the table: what was measured, beside what is to be reached. */
export interface Row {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** At most. */
  readonly reach: number | null;
}

export function rowText({ what, measured, unit, reach }: Row): string {
  const value = Number.isInteger(measured) ? String(measured) : measured.toFixed(2);
  if (reach === null) return `  ${what}: ${value} ${unit}`;
  return `  ${what}: ${value} ${unit} (reach: <= ${reach})   ${measured <= reach ? 'reached' : 'MISSED'}`;
}

/** The lower of the two where there are two. */
export const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
