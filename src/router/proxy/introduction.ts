/** Reads the PROXY header that a load balancer puts before a connection's first byte, and hands on the rest untouched. */
import type { Socket } from 'node:net';
import { readProxyHeader, type Source } from './proxy-header.ts';

export interface IntroductionOptions {
  /** For the header to come. */
  readonly withinMs: number;
  /** Null: the load balancer itself. */
  readonly introduced: (source: Source | null) => void;
  /** There is no header, or it did not come in time. */
  readonly refused: () => void;
}

export function readIntroduction(socket: Socket, { withinMs, introduced, refused }: IntroductionOptions): void {
  let seen: Buffer = Buffer.alloc(0);
  const patience = setTimeout(() => finish(refused), withinMs);
  const finish = (then: () => void): void => {
    clearTimeout(patience);
    socket.off('data', read).off('close', left);
    socket.pause();
    then();
  };
  const left = (): void => clearTimeout(patience);
  const read = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const header = readProxyHeader(seen);
    if (header.kind === 'more') return;
    if (header.kind === 'none') return finish(refused);
    finish(() => {
      const rest = seen.subarray(header.bytes);
      if (rest.length > 0) socket.unshift(rest);
      introduced(header.source);
      socket.resume();
    });
  };
  // Whoever serves it listens for its errors afterwards.
  socket.on('error', () => {});
  socket.on('data', read).on('close', left);
}
