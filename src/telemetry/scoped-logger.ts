/** A logger whose lines tell whose they are. */
import type { Fields, Logger } from './logger.ts';

export const scopedLogger = (log: Logger, scope: Fields): Logger => ({
  debug: (fields, message) => log.debug({ ...scope, ...fields }, message),
  info: (fields, message) => log.info({ ...scope, ...fields }, message),
  warn: (fields, message) => log.warn({ ...scope, ...fields }, message),
  error: (fields, message) => log.error({ ...scope, ...fields }, message),
});
