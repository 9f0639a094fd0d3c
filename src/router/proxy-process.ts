/** Life of the proxy process: attached to when it runs, started detached when it doesn't, so that traffic outlives the controller. */
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { within } from '../lib/within.ts';
import { isAnswered } from './proxy/listen-http.ts';
import type { ProxyState } from './proxy/protocol.ts';
import { areInForce, type ProxyWords } from './proxy/settings.ts';
import { ProxyControl } from './proxy-control.ts';

export interface ProxyOptions {
  /** Directory that exists, for the socket, the state and the log. */
  readonly stateDir: string;
  /** One proxy a name; letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** `host:port` for the users; port 0 picks a free one. */
  readonly listen: string;
  /** `host:port` for Prometheus; without it metrics are on the control socket only. */
  readonly metricsListen?: string;
  /** Of the controller that asks: a proxy that has heard of a higher one takes nothing from it. */
  readonly epoch: number;
  /** What is left out has its default; a proxy that runs takes them over. */
  readonly settings?: ProxyWords;
}

export interface RunningProxy {
  readonly socketPath: string;
  /** Addresses bound, `host:port`. */
  readonly listen: string;
  readonly metricsListen: string | null;
  readonly pid: number;
  /** It ran already. */
  readonly attached: boolean;
}

const start = { withinMs: 10_000, everyMs: 20 };
const stop = { withinMs: 15_000, everyMs: 20 };

/** The entry beside this module: TypeScript from source, JavaScript from a build. */
const entry = fileURLToPath(new URL(`./proxy/main${extname(import.meta.url)}`, import.meta.url));

/**
 * Answers a proxy that serves: the one that runs under this name, or a new one.
 * Errors: `ProxyNotStarted` with the process's own words, `ProxyElsewhere` when it runs with other addresses, `ProxySilent` when it hangs.
 */
export async function ensureProxy(options: ProxyOptions): Promise<Result<RunningProxy>> {
  if (!/^[\w.-]+$/.test(options.name)) {
    return problem('BadName', `"${options.name}" can't name a proxy: use letters, digits, - _ and .`);
  }
  const control = new ProxyControl(join(options.stateDir, `${options.name}.sock`));
  const running = await control.state();
  if (running.ok) return asConfigured({ ...running.value, attached: true }, control, options);
  if (await isAnswered(control.socketPath)) return problem('ProxySilent', running.error.message);
  return startProxy(control, options);
}

/**
 * Ends it gracefully: open requests get their time. Answers when the process is gone, at once when nobody is there.
 * Without an epoch it is ended whoever owns it. Errors: `ProxyOwned` by a later controller, `ProxySilent`, `ProxyNotStopped`.
 */
export async function stopProxy(socketPath: string, epoch?: number): Promise<Result<void>> {
  if (!(await isAnswered(socketPath))) return ok(undefined);
  const control = new ProxyControl(socketPath);
  const state = await control.state();
  if (!state.ok) return problem('ProxySilent', state.error.message);
  const body = { epoch: epoch ?? state.value.route.epoch };
  const answer = await control.call({ method: 'POST', path: '/stop', body });
  if (!answer.ok) return problem(answer.error.reason === 'Fenced' ? 'ProxyOwned' : 'ProxySilent', answer.error.message);
  const { pid } = answer.value;
  if (await within(stop, () => !isRunning(pid))) return ok(undefined);
  return problem('ProxyNotStopped', `the proxy, process ${pid}, did not end within ${stop.withinMs} ms`);
}

type Found = ProxyState & Pick<RunningProxy, 'attached'>;

function asWanted(found: Found, { socketPath }: ProxyControl, wanted: ProxyOptions): Result<RunningProxy> {
  const { pid, listen, metricsListen, asked, attached } = found;
  const metricsWanted = wanted.metricsListen ?? null;
  if (asked.listen === wanted.listen && asked.metricsListen === metricsWanted) {
    return ok({ socketPath, listen, metricsListen, pid, attached });
  }
  const runsWith = `listens on ${asked.listen}, metrics on ${asked.metricsListen ?? 'the control socket only'}`;
  const instead = `${wanted.listen}, metrics on ${metricsWanted ?? 'the control socket only'}`;
  return problem(
    'ProxyElsewhere',
    `the proxy "${wanted.name}" runs already (process ${pid}) and ${runsWith}, not ${instead}: stop it first, or keep its addresses`,
  );
}

/** A proxy that runs as wanted, its settings brought up to date. */
async function asConfigured(found: Found, control: ProxyControl, options: ProxyOptions): Promise<Result<RunningProxy>> {
  const running = asWanted(found, control, options);
  const settings = options.settings ?? {};
  if (!running.ok || areInForce(settings, found.settings)) return running;
  const told = await control.call({ method: 'POST', path: '/settings', body: { epoch: options.epoch, settings } });
  return told.ok ? running : problem('ProxyNotConfigured', `the proxy takes no settings: ${told.error.message}`);
}

async function startProxy(control: ProxyControl, options: ProxyOptions): Promise<Result<RunningProxy>> {
  const logPath = join(options.stateDir, `${options.name}.log`);
  const log = await open(logPath, 'a', 0o600).catch(messageOf);
  if (typeof log === 'string') return problem('ProxyNotStarted', `can't write the proxy's log: ${log}`);
  const { size } = await log.stat();
  const child = spawnDetached(argumentsOf(options, control), log.fd);
  await within(start, async () => child.ended() !== null || (await control.state()).ok);
  await log.close();
  const state = await control.state();
  // Another controller's proxy may have been quicker: that one serves.
  if (state.ok) return asWanted({ ...state.value, attached: state.value.pid !== child.pid }, control, options);
  const end = child.ended() ?? `no answer within ${start.withinMs} ms`;
  child.kill();
  return problem('ProxyNotStarted', `${await lastWords(logPath, size)} (${end}; log: ${logPath})`);
}

interface DetachedChild {
  readonly pid: number | undefined;
  /** How it ended; null: it runs. */
  ended(): string | null;
  kill(): void;
}

/** A session and a log of its own, and nothing that ties it to this process. */
function spawnDetached(args: readonly string[], log: number): DetachedChild {
  const child = spawn(process.execPath, [entry, ...args], { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  const ends: string[] = [];
  child.once('error', ({ message }) => ends.push(message));
  child.once('exit', (code, signal) => ends.push(`ended with ${signal ?? `code ${code}`}`));
  return { pid: child.pid, ended: () => ends[0] ?? null, kill: () => void child.kill('SIGKILL') };
}

function argumentsOf(options: ProxyOptions, { socketPath }: ProxyControl): string[] {
  const { stateDir, name, listen, metricsListen, settings = {} } = options;
  const metrics = metricsListen === undefined ? [] : ['--metrics-listen', metricsListen];
  return [
    '--name',
    name,
    '--control',
    socketPath,
    '--listen',
    listen,
    '--state',
    join(stateDir, `${name}.state.json`),
    '--settings',
    JSON.stringify(settings),
    ...metrics,
  ];
}

/** What the process said before it ended: the last line since it was started. */
async function lastWords(logPath: string, from: number): Promise<string> {
  const log = await readFile(logPath);
  const lines = log.subarray(from).toString().trim().split('\n');
  return lines.at(-1) || 'the proxy said nothing';
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const problem = (reason: string, message: string): Result<never> => failed({ reason, message, retryable: false });
