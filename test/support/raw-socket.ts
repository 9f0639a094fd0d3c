/** A plain connection of a test that keeps everything it got. */
import { connect, type Socket } from 'node:net';
import { type AtEnd, atTestEnd } from './at-end.ts';

export interface RawSocket {
  readonly socket: Socket;
  /** Everything that came so far. */
  received(): Buffer;
  /** As text, byte by byte. */
  text(): string;
  /** How it ended; null: it is open. */
  ended(): 'end' | 'close' | null;
}

/** Connects, and sends `hello`; one that ends is left half open for the test to go on with. */
export async function rawSocket(origin: string, hello: string | Buffer, atEnd: AtEnd = atTestEnd): Promise<RawSocket> {
  const { hostname, port } = new URL(origin);
  const chunks: Buffer[] = [];
  let ended: 'end' | 'close' | null = null;
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  atEnd(() => void socket.destroy());
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk)).on('error', () => {});
  socket.on('end', () => {
    ended = 'end';
  });
  socket.on('close', () => {
    ended = 'close';
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write(hello);
  const received = () => Buffer.concat(chunks);
  return { socket, received, text: () => received().toString('latin1'), ended: () => ended };
}
