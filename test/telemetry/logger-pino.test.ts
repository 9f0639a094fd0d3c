import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../src/telemetry/logger.ts';
import { createLoggerPino } from '../../src/telemetry/logger-pino.ts';

const logged = (level: LogLevel, write: (log: ReturnType<typeof createLoggerPino>) => void): string => {
  let text = '';
  write(createLoggerPino({ level, stream: { write: (line: string) => void (text += line) } }));
  return text;
};

describe('the log', () => {
  it('is a JSON line with a level, a time, the sentence and the fields', () => {
    const line = JSON.parse(logged('info', (log) => log.info({ release: 'app-1' }, 'a release began')));
    expect(line).toMatchObject({ level: 'info', msg: 'a release began', release: 'app-1' });
    expect(new Date(line.time).getTime()).toBeGreaterThan(0);
  });

  it('leaves out what is below its level', () => {
    const text = logged('warn', (log) => {
      log.info({}, 'not this');
      log.warn({}, 'but this');
    });
    expect(text).toContain('but this');
    expect(text).not.toContain('not this');
  });

  it.each([
    { token: 's3cret' },
    { headers: { authorization: 's3cret' } },
    { source: { password: 's3cret' } },
    { policy: { source: { token: 's3cret' } } },
  ])('never shows a secret in %o', (fields) => {
    const text = logged('debug', (log) => log.debug(fields, 'asked'));
    expect(text).not.toContain('s3cret');
    expect(text).toContain('[secret]');
  });
});
