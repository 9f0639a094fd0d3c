/** Which connections get to speak at all: beyond the limit each is told so and closed, before it costs more than that. */
import type { Server, Socket } from 'node:net';

export interface AdmissionOptions {
  /** Connections open at a time. */
  readonly most: () => number;
  /** Answers a connection too many, and ends it. */
  readonly turnAway: (socket: Socket) => void;
  /** Lets it be served, at once or when it has said who it is. */
  readonly welcome: (socket: Socket, serve: () => void) => void;
}

/** Puts itself before whatever serves the server's connections. */
export function admitUpTo(server: Server, { most, turnAway, welcome }: AdmissionOptions): void {
  const serve = server.listeners('connection') as ((socket: Socket) => void)[];
  let open = 0;
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (open >= most()) {
      // It may have broken already, which is no news.
      socket.on('error', () => {});
      return turnAway(socket);
    }
    open++;
    socket.once('close', () => open--);
    welcome(socket, () => {
      for (const listener of serve) listener.call(server, socket);
    });
  });
}
