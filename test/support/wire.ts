/** A wire between a client and a server on this machine, that a test can cut and mend. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type AtEnd, atTestEnd } from './at-end.ts';

export interface Wire {
  readonly port: number;
  /** Ends every connection, and each that comes from now on. */
  cut(): void;
  mend(): void;
}

export async function wireTo(port: number, atEnd: AtEnd = atTestEnd): Promise<Wire> {
  const ends = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): void => {
    ends.add(socket);
    socket.on('error', () => {}).on('close', () => ends.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (isCut) return void client.destroy();
    const far = connect({ host: '127.0.0.1', port });
    keep(far);
    client.pipe(far).pipe(client);
    client.on('close', () => far.destroy());
    far.on('close', () => client.destroy());
  });
  const cut = (): void => {
    isCut = true;
    for (const end of ends) end.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    cut();
    server.close();
  });
  const mend = (): void => {
    isCut = false;
  };
  return { port: (server.address() as AddressInfo).port, cut, mend };
}
