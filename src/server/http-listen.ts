/** Opens a server's port, or says why not: taken by another program, or open to machines that nobody let in. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../lib/loopback.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Key } from './http-token.ts';

export interface Listening {
  /** Name or address to listen on; others than this machine's own need a token. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** None: this machine only. */
  readonly keys: readonly Key[];
  /** Whoever comes is asked who they are by other means than `keys`. */
  readonly reviewer?: object;
}

/** Fails with `TokenNeeded`, `SameToken`, `AddressInUse` or `CannotListen`. */
export async function listenHttp(server: Server, options: Listening): Promise<Result<AddressInfo>> {
  const { host, port, keys, reviewer } = options;
  if (keys.length === 0 && reviewer === undefined && !isLoopback(host)) return failed(openToOthers(host));
  if (keys.length > 0 && keys.every(({ only }) => only === 'read')) return failed(nobodyMayAct);
  if (new Set(keys.map(({ token }) => token)).size < keys.length) return failed(sameToken);
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(failed(notListening(error, `${host}:${port}`))));
    server.listen({ host, port }, () => resolve(ok(server.address() as AddressInfo)));
  });
}

const nobodyMayAct: Problem = {
  reason: 'TokenNeeded',
  message: 'tokens for reading alone would let nobody act: give a file with those for acting, too (--token-file)',
  retryable: false,
};

const sameToken: Problem = {
  reason: 'SameToken',
  message: 'a token for reading is one for acting, too: whoever may read could act; make one of them anew',
  retryable: false,
};

const openToOthers = (host: string): Problem => ({
  reason: 'TokenNeeded',
  message: `listening on ${host} opens the server to other machines: give a token file, or listen on 127.0.0.1`,
  retryable: false,
});

const notListening = (error: NodeJS.ErrnoException, address: string): Problem => ({
  reason: error.code === 'EADDRINUSE' ? 'AddressInUse' : 'CannotListen',
  message:
    error.code === 'EADDRINUSE'
      ? `${address} is taken: another controller may be running; stop it, or choose another port`
      : `cannot listen on ${address}: ${error.message}`,
  retryable: false,
});
