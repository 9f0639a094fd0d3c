/** One HTTP exchange with the API server, and a name for each way in which it can fail to be one. */
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Credentials } from './access.ts';
import { type Asked, isRead, type KubeProblem, kubeProblem } from './problem.ts';

export interface Sending extends Asked {
  readonly server: string;
  readonly credentials: Credentials;
  readonly contentType: string;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** Nobody was reached: a write can't have had an effect. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** More than any page of a list is. */
const longestAnswer = 64 * 1024 * 1024;

/** Settles when the answer begins. Never rejects. */
export function send(sending: Sending): Promise<Result<IncomingMessage, KubeProblem>> {
  const { server, path, method, credentials, contentType, body, signal } = sending;
  const url = new URL(`${server}${path}`);
  const begin = url.protocol === 'https:' ? secureRequest : plainRequest;
  const headers = {
    ...credentials.headers,
    accept: 'application/json',
    'user-agent': 'sluice',
    ...(body === null ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve) => {
    const call = begin(url, { method, headers, agent: credentials.agent, signal }, (answer) => resolve(ok(answer)));
    call.once('error', (error) => resolve(failed(unanswered(sending, error))));
    call.end(body ?? undefined);
  });
}

/** The whole text of an answer. Never rejects. */
export async function textOf(asked: Asked, answer: IncomingMessage): Promise<Result<string, KubeProblem>> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > longestAnswer) {
        answer.destroy();
        return failed(
          kubeProblem('Garbled', `${asked.method} ${asked.path}: the answer is longer than ${longestAnswer} bytes`),
        );
      }
      chunks.push(chunk);
    }
  } catch (error) {
    return failed(unanswered(asked, error));
  }
  return ok(Buffer.concat(chunks).toString('utf8'));
}

/** Lines as they come; who stops reading ends the exchange. Throws where the connection is cut. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestAnswer) throw new Error(`a line is longer than ${longestAnswer} bytes`);
    yield* lines;
  }
  // Half a line was cut off: what it told comes again.
}

function unanswered(asked: Asked, thrown: unknown): KubeProblem {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const isHarmless = isRead(asked) || neverSent.has(code);
  const why = code === 'ABORT_ERR' ? 'no answer in time' : messageOf(thrown) || code;
  return kubeProblem(isHarmless ? 'Unreachable' : 'Unknown', `${asked.method} ${asked.path}: ${why}`);
}
