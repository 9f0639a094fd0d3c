/** A real receiver of webhooks on a free port: takes, refuses, fails or hangs, as the test says. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTestEnd } from './at-end.ts';

export interface Received {
  readonly contentType: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Requests that came, answered or not. */
  readonly asked: () => number;
  /** Status to answer from now on; `hang`: none. */
  behave(behaviour: number | 'hang'): void;
}

export const webhookReceiver = async (): Promise<WebhookReceiver> => {
  const received: Received[] = [];
  let [asked, behaviour] = [0, 200 as number | 'hang'];
  const server = createServer((request, response) => {
    asked += 1;
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      if (behaviour === 'hang') return;
      if (behaviour < 300)
        received.push({ contentType: request.headers['content-type'] ?? '', body: JSON.parse(text) });
      response.writeHead(behaviour).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTestEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const behave = (next: number | 'hang'): void => {
    behaviour = next;
  };
  return { url, received, asked: () => asked, behave };
};
