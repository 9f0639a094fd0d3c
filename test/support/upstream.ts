/** Real HTTP servers on loopback for a proxy to send to. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AtEnd, atTestEnd } from './at-end.ts';

export interface Upstream {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly port: number;
  readonly server: Server;
  /** Requests received, in order. */
  readonly seen: readonly IncomingMessage[];
  /** Connections that are open now. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** Serves with `listener` until the test ends. */
export async function startUpstream(listener: RequestListener, atEnd: AtEnd = atTestEnd): Promise<Upstream> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  atEnd(close);
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    server,
    seen,
    connections: () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
    close,
  };
}

/** Answers every request with one text. */
export const startAnswering = (text: string, atEnd?: AtEnd): Promise<Upstream> =>
  startUpstream((request, response) => {
    request.resume();
    response.end(text);
  }, atEnd);

/** A port of loopback that nobody listens on. */
export async function deadOrigin(): Promise<string> {
  const upstream = await startUpstream(() => {});
  await upstream.close();
  return upstream.origin;
}
