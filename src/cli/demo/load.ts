/** Load as users make it, from a process of its own: started here, steered and heard over its channel. */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { ArrivalKind } from './arrivals.ts';
import type { LoadReport } from './load-tally.ts';
import { loopbackUrl } from './loopback-url.ts';

export interface LoadSettings {
  /** http URL on this machine; any other is refused. */
  readonly url: string;
  readonly ratePerSecond: number;
  /** It ends by itself after this; at most an hour. */
  readonly seconds: number;
  readonly arrivals?: ArrivalKind;
  readonly seed?: number;
  /** Called each second, and once more at the end. */
  readonly onReport?: (report: LoadReport) => void;
}

export interface Load {
  readonly pid: number;
  /** The latest report, null during the first second. */
  latest(): LoadReport | null;
  /** Requests per second from now on; 0 pauses. */
  setRate(ratePerSecond: number): void;
  /** Counts from 0 from now on: what was sent before was to warm up. */
  countAnew(): void;
  /** Sends no more, waits for open answers, and answers the last report (null: it was killed before its first). */
  stop(): Promise<LoadReport | null>;
  /** Settles when the process is gone, however it went. */
  readonly ended: Promise<LoadReport | null>;
}

export type LoadCommand =
  | { readonly kind: 'rate'; readonly ratePerSecond: number }
  | { readonly kind: 'countAnew' }
  | { readonly kind: 'stop' };

export const loadProcessPath = fileURLToPath(new URL(`./load-process${extname(import.meta.url)}`, import.meta.url));

/** Starts sending. It stops when told, after `seconds`, or when this process dies. */
export function startLoad(settings: LoadSettings): Result<Load> {
  const url = loopbackUrl(settings.url);
  if (!url.ok) return url;
  const child = fork(loadProcessPath, loadArguments(settings, url.value), { execArgv: [], stdio: 'inherit' });
  if (child.pid === undefined) {
    return failed({ reason: 'NotStarted', message: 'the load generator could not be started', retryable: true });
  }
  return ok(handle(child, child.pid, settings.onReport));
}

function loadArguments(settings: LoadSettings, url: URL): string[] {
  return [
    `--url=${url.href}`,
    `--rate=${settings.ratePerSecond}`,
    `--seconds=${settings.seconds}`,
    ...(settings.arrivals === undefined ? [] : [`--arrivals=${settings.arrivals}`]),
    ...(settings.seed === undefined ? [] : [`--seed=${settings.seed}`]),
  ];
}

function handle(child: ChildProcess, pid: number, onReport: LoadSettings['onReport']): Load {
  let latest: LoadReport | null = null;
  child.on('message', (message) => {
    latest = message as LoadReport;
    onReport?.(latest);
  });
  // 'close' and not 'exit': the last report may still be on its way when the process is gone.
  const ended = new Promise<LoadReport | null>((resolve) => {
    child.once('error', () => resolve(latest));
    child.once('close', () => resolve(latest));
  });
  const tell = (command: LoadCommand) => {
    if (child.connected) child.send(command, () => {});
  };
  return {
    pid,
    latest: () => latest,
    setRate: (ratePerSecond) => tell({ kind: 'rate', ratePerSecond }),
    countAnew: () => tell({ kind: 'countAnew' }),
    stop: () => {
      tell({ kind: 'stop' });
      return ended;
    },
    ended,
  };
}
