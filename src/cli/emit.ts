/** An answer in the form that was asked for: a table for people, JSON or YAML for programs, or just the name. */
import { stringify } from 'yaml';
import type { Context, DocumentForm } from './context.ts';

export interface Forms {
  readonly value: unknown;
  /** For `-o name`: one a line. */
  readonly names: readonly string[];
  readonly lines: () => readonly string[];
  /** Of the forms that the command has besides. */
  readonly documents?: Partial<Readonly<Record<DocumentForm, () => string>>>;
}

export const emit = (
  { format, print }: Pick<Context, 'format' | 'print'>,
  { value, names, lines, documents = {} }: Forms,
): void => {
  switch (format) {
    case 'json':
      return print(JSON.stringify(value, null, 2));
    case 'yaml':
      return print(stringify(value, { aliasDuplicateObjects: false }).trimEnd());
    case 'name':
      return print(names.join('\n'));
    case 'table':
      return print(lines().join('\n'));
    case 'markdown':
    case 'html':
    case 'csv':
    case 'jsonl':
      return print((documents[format]?.() ?? '').trimEnd());
  }
};

/** A line of JSON for each (JSON Lines). */
export const jsonLines = (values: readonly unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join('\n');

/** Columns to write in; a pipe has no edge. */
export const outputWidth = (): number => (process.stdout.isTTY ? Math.max(40, process.stdout.columns) : 200);
