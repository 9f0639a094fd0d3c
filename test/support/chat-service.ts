/** A real HTTP server in a service's place: keeps what it is sent, and answers as the test says. */
import { startUpstream } from './upstream.ts';

export interface Posted {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export const chatService = async (answer: (posted: Posted, index: number) => Answer = () => ({})) => {
  const posted: Posted[] = [];
  const { origin } = await startUpstream((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const { headers, method = '', url = '' } = request;
      const one: Posted = { method, path: url, headers, text, body: JSON.parse(text) };
      posted.push(one);
      const { body, headers: said = {}, status = 200 } = answer(one, posted.length - 1);
      response.writeHead(status, said).end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  return { origin, posted };
};
