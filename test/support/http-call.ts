/** One HTTP request of a test, by node's client or byte by byte. */
import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

export interface CallOptions extends RequestOptions {
  readonly body?: string | Buffer;
}

/** The whole answer; rejects when it breaks off. */
export function call(url: string, { body, ...options }: CallOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: options.agent ?? new Agent(), ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers, rawHeaders, trailers } = response;
        resolve({ status: statusCode, headers, rawHeaders, trailers, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends bytes as they are (latin1), pieces one after the other, and answers everything that comes back until the connection closes. */
export function rawCall(origin: string, text: string | readonly string[]): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => void sendPieces(socket, [text].flat()));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** Each in a segment of its own. */
async function sendPieces(socket: Socket, pieces: readonly string[]): Promise<void> {
  socket.setNoDelay(true);
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
