/** What every command that runs a controller can be told. */
import { type Command, Option } from 'commander';
import type { ListenAddress } from '../lib/listen-address.ts';
import type { LogLevel } from '../telemetry/logger.ts';
import { address, factor } from './option-values.ts';

export interface SharedOptions {
  readonly listen: ListenAddress;
  readonly logLevel: LogLevel;
  readonly compress: number;
}

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
    .option('--compress <factor>', 'divide every duration of plans and rules: for rehearsals only', factor, 1);
