/** A request to switch protocols on its user's connection: answered there like any other, or tied to the backend's connection. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { responseHeaders } from './headers.ts';
import { Tunnel, type TunnelOptions } from './tunnel.ts';

export interface UpgradeWish {
  /** Protocols, as the user named them. */
  readonly offered: string;
  readonly socket: Duplex;
}

const lastWordsMs = 1_000;

/** The answer if nothing is switched; null: an earlier request on the connection has not had its own yet, and nothing can be said. */
export function answerWithoutSwitch(request: IncomingMessage, socket: Duplex): ServerResponse | null {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // Whatever breaks is seen by the connection's end.
  socket.on('error', () => {});
  try {
    response.assignSocket(request.socket);
  } catch {
    socket.destroy();
    return null;
  }
  response.once('finish', () => {
    response.detachSocket(request.socket);
    response.emit('close');
    request.socket.setTimeout(lastWordsMs, () => socket.destroy());
    socket.resume().end();
  });
  return response;
}

/** The backend's consent. */
export interface Consent {
  readonly wish: UpgradeWish;
  /** Name and value in turn. */
  readonly rawHeaders: readonly (Buffer | string)[];
  readonly connection: string | undefined;
  readonly chosen: string;
}

/** Passes the consent on, and from then on whatever comes. */
export function switchProtocols(
  response: ServerResponse,
  { wish, rawHeaders, connection, chosen }: Consent,
  tunnel: Omit<TunnelOptions, 'user'>,
): Tunnel {
  const { socket } = wish;
  response.detachSocket(response.req.socket);
  const fields = responseHeaders(rawHeaders, connection);
  let head = `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${chosen}\r\n`;
  for (let at = 0; at < fields.length; at += 2) head += `${fields[at]}: ${fields[at + 1]}\r\n`;
  socket.write(`${head}\r\n`, 'latin1');
  return new Tunnel({ user: socket, ...tunnel });
}
