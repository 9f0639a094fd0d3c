/** A real receiver of webhooks on a free port: takes, refuses, fails or hangs, as the test says. */
import type { AtEnd } from './at-end.ts';
import { startUpstream } from './upstream.ts';

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

export const webhookReceiver = async (atEnd?: AtEnd): Promise<WebhookReceiver> => {
  const received: Received[] = [];
  let behaviour: number | 'hang' = 200;
  const { origin, seen } = await startUpstream((request, response) => {
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
  }, atEnd);
  const behave = (next: number | 'hang'): void => {
    behaviour = next;
  };
  return { url: `${origin}/hook`, received, asked: () => seen.length, behave };
};
