/** What a connection must say before anything else: a load balancer, for whom it connects. */
import type { Socket } from 'node:net';
import { readIntroduction } from './introduction.ts';
import type { FrontOptions } from './proxy-front.ts';

/** A load balancer says first for whom it connects. */
export function welcome({ clients, settings, refused }: FrontOptions, socket: Socket, go: () => void): void {
  if (!clients.mustIntroduce(socket)) return go();
  readIntroduction(socket, {
    withinMs: settings().timeouts.headMs,
    introduced: (source) => {
      if (source !== null) clients.introduce(socket, source);
      go();
    },
    refused: () => {
      refused('proxy_header');
      socket.destroy();
    },
  });
}
