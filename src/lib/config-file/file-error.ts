/** One mistake in a file that a person wrote: where it stands, and a sentence that says what to write instead. */

export interface FileError {
  readonly file: string;
  /** From 1; 1:1 when the mistake is about the whole file. */
  readonly line: number;
  readonly col: number;
  readonly message: string;
}

/** `rules/production.yaml:4:15 alert "crit" is not one of critical, warning, info`. */
export const formatFileError = (error: FileError): string =>
  `${error.file}:${error.line}:${error.col} ${error.message}`;

/** Reading order: as the file goes. */
export const inFileOrder = (errors: readonly FileError[]): readonly FileError[] =>
  [...errors].sort((a, b) => a.line - b.line || a.col - b.col);
