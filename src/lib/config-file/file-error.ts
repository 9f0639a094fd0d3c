/** One mistake in a file that a person wrote: where it stands, and a sentence that says what to write instead. */
import type { Position } from './line-map.ts';

export interface FileError extends Position {
  readonly file: string;
  readonly message: string;
}

export const fileError = (file: string, at: Position, message: string): FileError => ({
  file,
  line: at.line,
  col: at.col,
  message,
});

/** `rules/production.yaml:4:15 alert "crit" is not one of critical, warning, info`. */
export const formatFileError = (error: FileError): string =>
  `${error.file}:${error.line}:${error.col} ${error.message}`;

/** Reading order: as the file goes. */
export const inFileOrder = <T extends FileError>(errors: readonly T[]): readonly T[] =>
  [...errors].sort((a, b) => a.line - b.line || a.col - b.col);
