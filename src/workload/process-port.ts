/** Free loopback ports for instances. */
import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections: under load those would be gone before an instance listens. */
const lowest = 20_000;
const highest = 29_999;
const tries = 200;

/** Whether an instance could listen there now; somebody else may be faster. */
export function portIsFree(port: number): Promise<boolean> {
  return listenOnce(port).then((listened) => listened !== null);
}

/** A port that is free now and not in `taken`; 0 never. */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (!taken.has(port) && (await portIsFree(port))) return port;
  }
  return (await listenOnce(0)) ?? lowest;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
