/** A server on a free port that answers as the API server of Kubernetes might, and what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { type Access, accessOf } from '../../src/kube/access.ts';
import { type ClientOptions, KubeClient } from '../../src/kube/client.ts';
import { atTestEnd } from './at-end.ts';

export interface KubeCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Answers with JSON. */
  json(code: number, value: unknown, headers?: Record<string, string>): void;
  readonly response: ServerResponse;
}

export interface KubeServer {
  readonly origin: string;
  readonly calls: readonly KubeCall[];
  /** Connections that were made so far. */
  connections(): number;
  client(options?: ClientOptions): KubeClient;
}

export async function startKubeServer(answer: (call: KubeCall) => void): Promise<KubeServer> {
  const calls: KubeCall[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://kube');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call: KubeCall = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        json: (code, value, headers = {}) =>
          void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value)),
        response,
      };
      calls.push(call);
      answer(call);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTestEnd(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    calls,
    connections: () => connections,
    client: (options = {}) => new KubeClient(accessTo(origin), options),
  };
}

export function accessTo(origin: string): Access {
  const config = new KubeConfig();
  // Without skipTLSVerify the library refuses a plain address.
  config.loadFromClusterAndUser({ name: 'test', server: origin, skipTLSVerify: true }, { name: 'me', token: 'secret' });
  const access = accessOf(config);
  if (!access.ok) throw new Error(access.error.message);
  return access.value;
}

export const anObject = (name: string, version: number, more: object = {}): object => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: String(version) },
  ...more,
});

export const aList = (version: number, items: readonly object[], more: object = {}): object => ({
  kind: 'List',
  metadata: { resourceVersion: String(version), ...more },
  items,
});

export const aStatus = (code: number, reason: string, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
});
