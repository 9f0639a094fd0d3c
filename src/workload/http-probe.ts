/** Probes of one instance: HTTP GET, or a TCP connection where there is no health path. */
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import axios, { isAxiosError } from 'axios';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok } from '../lib/result.ts';
import type { Probed } from './readiness.ts';

export interface ProbeTarget {
  /** `http://host:port` */
  readonly origin: string;
  /** Path that answers 2xx or 3xx when the instance can serve; null: accepting a connection is enough. */
  readonly healthPath: string | null;
}

/** Never rejects, never takes longer than the time-out. */
export function probe(target: ProbeTarget, timeoutMs: number): Promise<Probed> {
  const { origin, healthPath } = target;
  return healthPath === null ? probeTcp(origin, timeoutMs) : probeHttp(new URL(healthPath, origin).href, timeoutMs);
}

async function probeHttp(url: string, timeoutMs: number): Promise<Probed> {
  try {
    const response = await axios.get<Readable>(url, {
      // The status is the answer: a body that drips for minutes is none of our business.
      responseType: 'stream',
      signal: AbortSignal.timeout(timeoutMs),
      maxRedirects: 0,
      validateStatus: () => true,
      proxy: false,
    });
    response.data.destroy();
    const passed = response.status >= 200 && response.status < 400;
    return passed ? ok(undefined) : failed(`GET ${url} answers ${response.status}`);
  } catch (error) {
    return failed(`GET ${url}: ${whyNoAnswer(error, timeoutMs)}`);
  }
}

function whyNoAnswer(error: unknown, timeoutMs: number): string {
  if (axios.isCancel(error)) return `no answer within ${timeoutMs} ms`;
  if (isAxiosError(error) && error.code === 'ECONNREFUSED') return 'connection refused';
  return messageOf(error);
}

function probeTcp(origin: string, timeoutMs: number): Promise<Probed> {
  const url = new URL(origin);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, timeout: timeoutMs });
    const settle = (probed: Probed) => {
      socket.destroy();
      resolve(probed);
    };
    socket.once('connect', () => settle(ok(undefined)));
    socket.once('timeout', () => settle(failed(`${origin} accepts no connection within ${timeoutMs} ms`)));
    socket.once('error', (error) => settle(failed(`${origin} accepts no connection: ${error.message}`)));
  });
}
