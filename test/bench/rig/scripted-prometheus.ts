/** A loopback server that speaks Prometheus' query API for any instances, and knows when it told of the canary's errors. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AtEnd } from '../../support/at-end.ts';

export interface ScriptedPrometheus {
  readonly url: string;
  /** Query requests so far. */
  queries(): number;
  /** From its next sample on a canary fails everything; answers when the first reply that holds it is sent, epoch ms. */
  breakCanary(host: string): Promise<number>;
}

/** Samples are taken this long after each whole second, so that the queries of one look see the same ones. */
const scrapeMs = 700;

const newestSampleMs = (): number => Math.floor((Date.now() - scrapeMs) / 1_000) * 1_000 + scrapeMs;

interface Broken {
  readonly host: string;
  readonly fromMs: number;
  readonly told: (atMs: number) => void;
}

/** Whatever instance is asked for has counted since ever, and without an error until it is broken. */
export async function scriptedPrometheus(atEnd: AtEnd): Promise<ScriptedPrometheus> {
  let [count, broken]: [number, Broken | null] = [0, null];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      count += 1;
      // Addresses stand in a regular expression there: its backslashes are no part of them.
      const query = (new URLSearchParams(body).get('query') ?? '').replaceAll('\\', '');
      const told = reply(query, { response, broken });
      if (told) broken = broken && { ...broken, told: () => {} };
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => void server.close().closeAllConnections());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries: () => count,
    breakCanary: (host) =>
      new Promise((told) => {
        broken = { host, fromMs: newestSampleMs(), told };
      }),
  };
}

interface Exchange {
  readonly response: ServerResponse;
  readonly broken: Broken | null;
}

/** Answers whether the reply holds the first sample of a canary that fails. */
function reply(query: string, { response, broken }: Exchange): boolean {
  const newestMs = newestSampleMs();
  const times = [2, 1, 0].map((age) => newestMs - age * 1_000);
  const hosts = [...new Set(/instance=~?"([^"]*)"/.exec(query)?.[1]?.split('|') ?? [])];
  const result = hosts.flatMap((host) => seriesOf({ host, broken, times }, query));
  const isFirst = broken !== null && newestMs > broken.fromMs && hosts.includes(broken.host) && asksFor(query, counter);
  const text = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
  response.setHeader('content-type', 'application/json');
  if (isFirst) broken.told(Date.now());
  response.end(text);
  return isFirst;
}

const counter = 'http_requests_total';

interface Instance {
  readonly host: string;
  readonly broken: Broken | null;
  readonly times: readonly number[];
}

const asksFor = (query: string, metric: string): boolean => new RegExp(`\\b${metric}\\b`).test(query);

/** Requests of each instance; a second of them convicts, if all of them fail. */
const perSecond = 250;

/** All requests are fast; a broken canary answers each with 500. */
function seriesOf({ host, broken, times }: Instance, query: string): readonly object[] {
  const brokenFromMs = broken?.host === host ? broken.fromMs : Number.POSITIVE_INFINITY;
  const all = (atMs: number): number => Math.floor((atMs / 1_000) * perSecond) % 1e9;
  const bad = (atMs: number): number => (atMs > brokenFromMs ? all(atMs) - all(brokenFromMs) : 0);
  const series = (metric: string, labels: object, value: (atMs: number) => number): readonly object[] =>
    asksFor(query, metric)
      ? [
          {
            metric: { __name__: metric, job: 'app', instance: host, ...labels },
            values: times.map((atMs) => [atMs / 1_000, String(value(atMs))]),
          },
        ]
      : [];
  return [
    ...series('up', {}, () => 1),
    ...series('process_start_time_seconds', {}, () => 1_700_000_000),
    ...series(counter, { code: '200' }, (atMs) => all(atMs) - bad(atMs)),
    ...series(counter, { code: '500' }, bad),
    ...['0.5', '+Inf'].flatMap((le) => series('http_request_duration_seconds_bucket', { le }, all)),
  ];
}
