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
