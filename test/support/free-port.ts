/** A loopback port that is free now, for programs that can't be told to pick one themselves. */
import { createServer } from 'node:net';

/** Outside the range from which systems take ports for outgoing connections, so that it stays free until it is used. */
const [lowest, highest] = [10_500, 19_500];

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${lowest} to ${highest}`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
