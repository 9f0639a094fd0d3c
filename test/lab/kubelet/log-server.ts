/** What the API server asks a kubelet for `kubectl logs`: the output of a container, now and as it comes. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { addresses } from '../network/network.ts';
import { isOver, pause } from '../pause.ts';
import { logFileOf, previousOf } from './log-file.ts';

export const kubeletPort = 10_250;

const everyMs = 200;

export interface LogServer {
  /** The lab's folder. */
  readonly lab: string;
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Whether a container may still write. */
  isRunning(namespace: string, pod: string): boolean;
}

export async function startLogServer({ lab, certificate, isRunning }: LogServer): Promise<Server> {
  const server = createServer(certificate, (request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(kubeletPort, addresses.kubelet, resolve));
  return server;

  async function answer({ url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(url, 'https://kubelet');
    const [, what, namespace = '', pod = '', container = ''] = pathname.split('/');
    if (what !== 'containerLogs') return end(response, 404, 'the lab serves container logs only\n');
    const current = logFileOf(lab, { namespace, pod, container });
    const file = searchParams.get('previous') === 'true' ? previousOf(current) : current;
    if (!existsSync(file)) return end(response, 404, `container ${container} of ${namespace}/${pod} has no such log\n`);
    response.writeHead(200, { 'content-type': 'text/plain' });
    const text = readFileSync(file);
    response.write(lastLines(text, searchParams.get('tailLines')));
    if (searchParams.get('follow') === 'true') {
      await follow(file, { from: text.length, response, goesOn: () => isRunning(namespace, pod) });
    }
    response.end();
  }
}

/** Null: all of them. */
function lastLines(text: Buffer, count: string | null): string {
  const lines = text.toString().split('\n');
  if (count === null) return lines.join('\n');
  // What follows the last line break is a line only if something is there.
  const extra = lines.at(-1) === '' ? 1 : 0;
  return Number(count) === 0 ? '' : lines.slice(-Number(count) - extra).join('\n');
}

interface Following {
  readonly from: number;
  readonly response: ServerResponse;
  goesOn(): boolean;
}

/** A file that was replaced by the next run's is read to its end. */
async function follow(file: string, { from, response, goesOn }: Following): Promise<void> {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const opened = openSync(file, 'r');
  const buffer = Buffer.alloc(65_536);
  let position = from;
  let last = false;
  while (!isOver(closed.signal)) {
    const read = readSync(opened, buffer, 0, buffer.length, position);
    position += read;
    if (read > 0) response.write(buffer.subarray(0, read).toString());
    else if (last) break;
    else {
      last = !goesOn();
      await pause(everyMs, closed.signal);
    }
  }
  closeSync(opened);
}

function end(response: ServerResponse, code: number, text: string): void {
  response.statusCode = code;
  response.end(text);
}
