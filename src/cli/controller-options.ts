/** What every command that runs a controller can be told. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../lib/duration.ts';
import type { ListenAddress } from '../lib/listen-address.ts';
import { type HistoryBound, mostKept } from '../release/history-bound.ts';
import type { LogLevel } from '../telemetry/logger.ts';
import { address, factor, limitWords } from './option-values.ts';

export interface SharedOptions {
  readonly listen: ListenAddress;
  readonly logLevel: LogLevel;
  readonly compress: number;
  readonly keep?: number;
  /** Milliseconds. */
  readonly keepFor?: number;
}

/** As the store wants it. */
export const boundOf = ({ keep, keepFor }: SharedOptions): HistoryBound => ({
  ...(keep === undefined ? {} : { keep }),
  ...(keepFor === undefined ? {} : { keepForMs: keepFor }),
});

export const withControllerOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--listen <host:port>', 'address of the API; other than loopback wants a token (run: --token-file)')
        .argParser(address)
        .default({ host: '127.0.0.1', port: 7581 }, '127.0.0.1:7581'),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .env('SLUICE_LOG_LEVEL')
        .default('info'),
    )
    .option(
      '--keep <count>',
      `ended releases of a policy that are kept, 1 to ${mostKept} (default: 200; in a cluster 100)`,
      limitWords(mostKept),
    )
    .option('--keep-for <duration>', 'and no longer than so after their end, as 4320h; the newest stays', age)
    .option('--compress <factor>', 'divide every duration of plans and rules: for rehearsals only', factor, 1);

function age(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new InvalidArgumentError('Write a duration such as 4320h.');
}
