/** What tests may do to the lab's programs: end one at once, as a crash does, and start it again. */
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { addresses } from '../network/network.ts';
import type { Servers } from '../servers/servers.ts';

/** `POST /etcd/kill`, `POST /etcd/start`; answered when it is so. */
export const controlUrl = `http://${addresses.control}:8000`;

export interface Controlled {
  readonly servers: Servers;
  /** Called when another process runs than before. */
  changed(): void;
}

export async function startControl({ servers, changed }: Controlled): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const [, name = '', order = ''] = (request.url ?? '').split('/');
    void carryOut(name, order).then(
      () => end(response, 200, ''),
      (error: unknown) => end(response, 400, error instanceof Error ? error.message : String(error)),
    );
  });
  const { hostname, port } = new URL(controlUrl);
  await new Promise<void>((resolve) => server.listen(Number(port), hostname, resolve));
  return server;

  async function carryOut(name: string, order: string): Promise<void> {
    if (!servers.names().includes(name)) throw new Error(`the lab has no ${name}: ${servers.names().join(', ')}`);
    if (order === 'kill') await servers.end(name, 'SIGKILL');
    else if (order === 'start') await servers.startAgain(name);
    else throw new Error(`${order} is none of kill, start`);
    changed();
  }
}

function end(response: ServerResponse, code: number, text: string): void {
  response.statusCode = code;
  response.end(text);
}
