/** Binding addresses and the control socket, with errors that say what to do. */
import { chmod, stat, unlink } from 'node:fs/promises';
import { createConnection, type ListenOptions, type Server } from 'node:net';
import { formatListenAddress, parseListenAddress } from '../../lib/listen-address.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';

/** Longest path of a UNIX socket that Linux and macOS both take, in bytes. */
const socketPathBytes = 103;

const problem = (reason: string, message: string): { readonly ok: false; readonly error: Problem } =>
  failed({ reason, message, retryable: false });

/** `host:port`, `[::1]:port`, or `:port` for all addresses. Answers the address that was bound; port 0 picks a free one. */
export async function listenTcp(server: Server, text: string): Promise<Result<string>> {
  const address = parseListenAddress(text.startsWith(':') ? `[::]${text}` : text);
  if (address === null) return problem('BadAddress', `"${text}" is no address: write host:port, as in 127.0.0.1:8080`);
  const bound = await bind(server, address);
  if (!bound.ok) return tcpProblem(text, bound.error);
  const at = server.address();
  if (at === null || typeof at === 'string') return problem('ListenFailed', `listening on ${text} gave no address`);
  return ok(formatListenAddress({ host: at.address, port: at.port }));
}

function tcpProblem(text: string, error: NodeJS.ErrnoException): Result<never> {
  const hints: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another process listens there: stop it or choose another port',
    EACCES: 'not permitted: ports below 1024 need rights, choose a higher one',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'the host name is unknown',
  };
  return problem(
    'ListenFailed',
    `can't listen on ${text}: ${hints[error.code ?? ''] ?? error.message} (${error.code})`,
  );
}

/** Binds the control socket for this user only; a socket that nobody answers on is left from a crash and is replaced. */
export async function listenSocket(server: Server, path: string): Promise<Result<void>> {
  const bytes = Buffer.byteLength(path);
  if (bytes > socketPathBytes) {
    return problem(
      'SocketPathTooLong',
      `control socket ${path} has ${bytes} bytes, ${socketPathBytes} are possible: choose a shorter state directory`,
    );
  }
  const free = await freeSocket(path);
  if (!free.ok) return free;
  const bound = await bind(server, { path });
  if (!bound.ok) return problem('ListenFailed', `can't bind the control socket ${path}: ${bound.error.message}`);
  await chmod(path, 0o600);
  return ok(undefined);
}

async function freeSocket(path: string): Promise<Result<void>> {
  const found = await stat(path).catch(() => null);
  if (found === null) return ok(undefined);
  if (!found.isSocket())
    return problem('NotASocket', `${path} exists and is no socket: move it away or choose another`);
  if (await isAnswered(path)) return failed(socketInUse(path));
  await unlink(path);
  return ok(undefined);
}

export const socketInUse = (path: string): Problem => ({
  reason: 'SocketInUse',
  message: `a proxy already runs on the control socket ${path}: use that one, or stop it first`,
  retryable: false,
});

/** Somebody accepts connections on the socket. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function bind(server: Server, options: ListenOptions): Promise<Result<void, NodeJS.ErrnoException>> {
  return new Promise((resolve) => {
    const refuse = (error: NodeJS.ErrnoException) => resolve(failed(error));
    server.once('error', refuse);
    server.listen(options, () => {
      server.off('error', refuse);
      resolve(ok(undefined));
    });
  });
}
