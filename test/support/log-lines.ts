/** The program's real log, read line by line. */

import type { Logger } from '../../src/telemetry/logger.ts';
import { createLoggerPino } from '../../src/telemetry/logger-pino.ts';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export function logLines(): { readonly log: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const stream = { write: (text: string) => void lines.push(JSON.parse(text) as LogLine) };
  return { log: createLoggerPino({ level: 'debug', stream }), lines };
}
