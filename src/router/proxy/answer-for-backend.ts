/** What the proxy answers by itself where a backend gave no answer, or was not let finish. */
import { type ServerResponse, STATUS_CODES } from 'node:http';

const textOf: Readonly<Record<number, string>> = {
  400: 'The request can not be passed on.\n',
  408: 'The request took too long to come.\n',
  413: 'The request is too large.\n',
  502: 'The service gave no answer.\n',
  503: 'The service has no instance to answer.\n',
  504: 'The service took too long to answer.\n',
};

export function answerForBackend(response: ServerResponse, code: number): void {
  const text = textOf[code] ?? '';
  if (code === 408) response.shouldKeepAlive = false;
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': text.length };
  // A head that failed to be written may have left its fields and its phrase behind.
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(code, STATUS_CODES[code], headers);
  response.end(text);
}
