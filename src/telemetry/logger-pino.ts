/** Logs as JSON lines on standard error, written by pino: a reader that stops reading never stops the program. */
import { type DestinationStream, destination, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { Logger, LogLevel } from './logger.ts';

/** Lines that wait for a slow reader; beyond it they are dropped. */
const maxBufferedBytes = 1_048_576;

const secretNames = ['authorization', 'token', 'password', 'secret', 'cookie', 'headers'];

/** A secret under any of these names, at the top of the fields or up to two levels in them. */
const redactPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export interface LoggerPinoOptions {
  readonly level: LogLevel;
  /** Standard error where none is given. */
  readonly stream?: DestinationStream;
}

export const createLoggerPino = ({ level, stream }: LoggerPinoOptions): Logger => {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: redactPaths, censor: '[secret]' },
  };
  return pino(options, stream ?? destination({ dest: 2, sync: false, maxLength: maxBufferedBytes }));
};
