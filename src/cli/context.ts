/** What every command gets: the controller's API, where to write, and how the answer is wanted. */
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { whyUnreadable } from '../lib/config-file/why-unreadable.ts';
import type { Result } from '../lib/result.ts';
import { ownToken } from '../server/http-token.ts';
import { ApiClient } from './api-client.ts';
import { isOfCluster, openClusterApi } from './cluster-api.ts';
import type { ClusterOptions } from './cluster-client.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { colorPaint, type Paint, plainPaint } from './render/paint.ts';

/** Forms that some commands have besides. */
export const documentForms = ['markdown', 'html', 'csv', 'jsonl'] as const;

export type DocumentForm = (typeof documentForms)[number];

export type Format = 'table' | 'json' | 'yaml' | 'name' | DocumentForm;

export interface Context {
  readonly api: ApiClient;
  /** The controller's address, and what it wants to be shown; null: nothing. */
  readonly server: string;
  readonly token: string | null;
  readonly format: Format;
  readonly quiet: boolean;
  /** File with the bearer token; null: none was named. */
  readonly tokenFile: string | null;
  readonly paint: Paint;
  /** One line, or several, of the answer. */
  readonly print: (text: string) => void;
  /** A remark beside the answer; `-q` leaves it out. */
  readonly remark: (text: string) => void;
  /** Says what went wrong, and answers the exit code for it. */
  readonly fail: (message: string) => ExitCode;
}

export interface GlobalOptions {
  readonly server: string;
  readonly tokenFile?: string;
  readonly output: Format;
  /** False after `--no-color`. */
  readonly color: boolean;
  readonly quiet?: true;
}

const fail = (message: string): ExitCode => {
  process.stderr.write(`sluice: ${message}\n`);
  return exitCodes.trouble;
};

/** Most who forget it mean http. */
const instead = (server: string): string =>
  /^[\w.-]+(:\d+)?$/.test(server) && /[.:]|^localhost$/.test(server) ? `; did you mean http://${server}?` : '';

const contextOf = (options: GlobalOptions): Result<Context, string> => {
  const token = options.tokenFile === undefined ? { ok: true as const, value: null } : readToken(options.tokenFile);
  if (!token.ok) return token;
  if (!/^https?:\/\//.test(options.server) || !URL.canParse(options.server))
    return {
      ok: false,
      error: `--server "${options.server}" (or SLUICE_SERVER) is no http or https address${instead(options.server)}`,
    };
  const quiet = options.quiet === true;
  return {
    ok: true,
    value: {
      api: new ApiClient(options.server, token.value),
      server: options.server,
      token: token.value,
      format: options.output,
      quiet,
      tokenFile: options.tokenFile ?? null,
      paint: wantsColor(options) ? colorPaint : plainPaint,
      print: (text) => void process.stdout.write(`${text}\n`),
      remark: (text) => void (quiet || process.stderr.write(`${text}\n`)),
      fail,
    },
  };
};

/** An action of a command: its exit code becomes the program's. `has`: forms that it has besides those of every command. */
export const runWith =
  <A extends readonly unknown[]>(
    work: (context: Context, ...args: A) => Promise<ExitCode>,
    has: readonly DocumentForm[] = [],
  ) =>
  async (...args: [...A, Command]): Promise<void> => {
    const command = args.at(-1) as Command;
    const options: GlobalOptions & ClusterOptions = command.optsWithGlobals();
    const context = contextOf(options);
    const rest = args.slice(0, -1) as unknown as A;
    if (!context.ok) process.exitCode = fail(context.error);
    else if (isMissing(context.value.format, has)) process.exitCode = fail(noForm(command, has));
    else if (isOfCluster(command.name(), options))
      process.exitCode = await inCluster(context.value, options, (there) => work(there, ...rest));
    else process.exitCode = await work(context.value, ...rest);
  };

/** An order waits for its controller, and says so itself when that takes too long. */
const inClusterMs = 120_000;

/** With what the objects of a cluster tell, instead of a controller. */
async function inCluster(
  context: Context,
  options: ClusterOptions,
  work: (context: Context) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = await openClusterApi(options, context.remark);
  if (!opened.ok) return fail(opened.error);
  const { stop, token, url } = opened.value;
  try {
    return await work({ ...context, api: new ApiClient(url, token, inClusterMs), server: url, token });
  } finally {
    await stop();
  }
}

const isMissing = (format: Format, has: readonly DocumentForm[]): boolean =>
  documentForms.some((each) => each === format) && has.every((each) => each !== format);

const noForm = (command: Command, has: readonly DocumentForm[]): string =>
  `${command.name()} prints ${['table', 'json', 'yaml', 'name', ...has].join(', ')}; choose one with -o`;

const wantsColor = ({ color }: GlobalOptions): boolean =>
  color && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';

const readToken = (file: string): Result<string, string> => {
  try {
    return { ok: true, value: ownToken(readFileSync(file, 'utf8')) };
  } catch (error) {
    return { ok: false, error: `--token-file ${file}: ${whyUnreadable(file, error)}` };
  }
};

/** Who gives an order, as this machine knows them. */
export const personHere = (): string => {
  const name = process.env['SUDO_USER'] ?? nameOfUser();
  return `${name}@${hostname()}`;
};

const nameOfUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};
