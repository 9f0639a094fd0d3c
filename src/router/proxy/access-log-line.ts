/** One request as a line of the access log: who, what, which version, how it ended. Never header fields that hold secrets. */
import type { IncomingMessage } from 'node:http';
import type { Backend } from '../deck.ts';
import type { GrpcCode } from './grpc-status.ts';
import type { AccessLogSettings } from './settings.ts';

export interface Served {
  readonly request: Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'headers'>;
  /** The user's, as far as it is known. */
  readonly address: string;
  readonly backend: Backend;
  readonly revision: string;
  /** As it is counted; 499: the user left. */
  readonly status: number;
  /** Of the answer's body. */
  readonly bytes: number;
  readonly seconds: number;
  /** Of a gRPC call. */
  readonly grpc?: GrpcCode;
}

/** With the line's end. `nowMs`: when it ended. */
export function accessLogLine(served: Served, { form, query }: AccessLogSettings, nowMs: number): string {
  const { request, address, ...rest } = served;
  const shown = query === 'shown' ? (text: string) => text : withoutQuery;
  const asked: Asked = {
    address,
    method: request.method ?? '-',
    path: shown(request.url ?? '-'),
    protocol: `HTTP/${'stream' in request ? '2.0' : request.httpVersion}`,
    host: request.headers.host ?? '-',
    referer: shown(request.headers.referer ?? '-'),
    userAgent: request.headers['user-agent'] ?? '-',
  };
  return form === 'json' ? json({ ...asked, ...rest }, nowMs) : combined({ ...asked, ...rest }, nowMs);
}

interface Asked {
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly protocol: string;
  readonly host: string;
  readonly referer: string;
  readonly userAgent: string;
}

type Line = Asked & Omit<Served, 'request' | 'address'>;

const json = (line: Line, nowMs: number): string =>
  `${JSON.stringify({ time: new Date(nowMs).toISOString(), ...line, seconds: Number(line.seconds.toFixed(6)) })}\n`;

/** The combined format of Apache and nginx, and behind it the version, the seconds, and a gRPC call's status. */
function combined(line: Line, nowMs: number): string {
  const { address, method, path, protocol, referer, userAgent, status, bytes, backend, revision, seconds, grpc } = line;
  const request = `"${quoted(`${method} ${path} ${protocol}`)}" ${status} ${bytes}`;
  const version = `${backend} "${quoted(revision)}" ${seconds.toFixed(3)}${grpc === undefined ? '' : ` ${grpc}`}`;
  return `${address} - - [${clfTime(nowMs)}] ${request} "${quoted(referer)}" "${quoted(userAgent)}" ${version}\n`;
}

const withoutQuery = (text: string): string => /^[^?#]*/.exec(text)?.[0] ?? '';

/** Whatever could end the field or the line, or make a terminal do something. */
const quoted = (text: string): string =>
  text.replace(/[^ !#-[\]-~]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `29/Nov/2026:14:07:03 +0000` */
function clfTime(nowMs: number): string {
  const iso = new Date(nowMs).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
