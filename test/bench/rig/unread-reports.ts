/** Clients that ask for a release's report, as a page, and never read what comes. */
import { connect } from 'node:net';
import type { AtEnd } from '../../support/at-end.ts';

interface Unread {
  /** Of the API. */
  readonly url: string;
  readonly id: string;
  readonly count: number;
}

/** Resolves when all have asked. */
export async function leaveUnread({ url, id, count }: Unread, atEnd: AtEnd): Promise<void> {
  const { host, hostname, port } = new URL(url);
  const ask = `GET /api/v1/releases/${id}/report HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\n\r\n`;
  const asked = Array.from({ length: count }, async () => {
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.on('error', () => socket.destroy());
    atEnd(() => void socket.destroy());
    await new Promise<void>((resolve) => socket.write(ask.repeat(5), () => resolve()));
  });
  await Promise.all(asked);
}
