/** Lines of a watch on their way to a controller, and what befalls them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { WatchFault } from './fault.ts';

const frozenMs = 3_000;

const expired = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code: 410,
  reason: 'Expired',
  message: 'injected',
};

/** Resolves when the watch is over. */
export async function relayWatch(
  upstream: IncomingMessage,
  answer: ServerResponse,
  fault: () => WatchFault | null,
): Promise<void> {
  answer.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  const before = new Map<string, string>();
  try {
    for await (const line of createInterface({ input: upstream })) {
      const befalls = isBookmark(line) ? null : fault();
      if (befalls === 'freeze') await delay(frozenMs);
      if (befalls === 'freeze' || befalls === 'drop') return void answer.destroy();
      const own = linesOf(befalls, line, before);
      before.set(uidOf(line), line);
      for (const each of own) answer.write(`${each}\n`);
      if (befalls === 'gone') return void answer.end();
    }
    answer.end();
  } catch {
    // Cut: by the server, or because the controller is gone.
    answer.destroy();
  }
}

function linesOf(befalls: WatchFault | null, line: string, before: ReadonlyMap<string, string>): readonly string[] {
  if (befalls === 'gone') return [JSON.stringify({ type: 'ERROR', object: expired })];
  if (befalls === 'garbage') return ['{"type":"MODIFIED","object":{"meta'];
  const older = before.get(uidOf(line));
  return befalls === 'stale' && older !== undefined ? [line, older] : [line];
}

const isBookmark = (line: string): boolean => line.startsWith('{"type":"BOOKMARK"');

const uidOf = (line: string): string => /"uid":"([^"]+)"/.exec(line)?.[1] ?? '';
