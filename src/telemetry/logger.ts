/** What the program says about itself while it runs: static sentences, with data in fields. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type Fields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}
