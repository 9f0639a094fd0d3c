/** How many requests a user of HTTP/1.1 may have sent before the first of them is answered: each is with an instance already. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** As many as HTTP/2 has at once, about; clients that do this at all send a handful. */
const mostBehind = 100;

export class Pipelining {
  readonly #behind = new WeakMap<Duplex, number>();

  /** Of a request that has just come. `response`: without a socket as long as it stands behind another. */
  isTooFar(socket: Duplex, response: ServerResponse): boolean {
    if (response.socket !== null) return false;
    const behind = (this.#behind.get(socket) ?? 0) + 1;
    this.#behind.set(socket, behind);
    response.once('close', () => this.#behind.set(socket, (this.#behind.get(socket) ?? 1) - 1));
    return behind > mostBehind;
  }
}
