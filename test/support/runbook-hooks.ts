/** Everything that the runbook asks and tells outside, as one real server that remembers what came. */
import type { AtEnd } from './at-end.ts';
import { startUpstream } from './upstream.ts';

export interface HookCall {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Empty: nothing was sent. */
  readonly body: string;
  readonly atMs: number;
}

export interface RunbookHooks {
  readonly origin: string;
  /** In the order in which they came. */
  calls(path: string): readonly HookCall[];
  all(): readonly HookCall[];
  /** Those of them that wake somebody. */
  pages(path: string): readonly HookCall[];
  /** From now on this path answers that it is not well. */
  fail(path: string): void;
  heal(path: string): void;
}

/** Paths below it refuse, and say what they were sent. */
export const throwsBack = '/throws-back/';

export async function startRunbookHooks(atEnd: AtEnd): Promise<RunbookHooks> {
  const seen: HookCall[] = [];
  const failing = new Set<string>();
  const { origin } = await startUpstream((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hooks');
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { headers } = request;
      seen.push({ path: pathname, query: Object.fromEntries(searchParams), headers, body, atMs: Date.now() });
      if (pathname.startsWith(throwsBack))
        response.writeHead(400).end(`${request.url} ${JSON.stringify(headers)} ${body}`);
      else response.setHeader('content-type', 'application/json').end(`{"ok":${!failing.has(pathname)}}`);
    });
  }, atEnd);
  return {
    origin,
    all: () => seen,
    calls: (path) => seen.filter((call) => call.path === path),
    pages: (path) => seen.filter((call) => call.path === path && call.body.includes('"urgency":"page"')),
    fail: (path) => void failing.add(path),
    heal: (path) => void failing.delete(path),
  };
}
