/** Who may ask: in front of everything else, and cheap, because it runs before anybody has shown who they are. */
import type { Request, RequestHandler } from 'express';
import { isLoopback } from '../lib/loopback.ts';
import type { Problem } from '../lib/result.ts';
import { alertsPath } from './http-alerts.ts';
import { maxBodyBytes, refuse, tooLarge } from './http-errors.ts';
import type { ServerOptions } from './http-options.ts';
import { letIn, reviewed } from './http-review.ts';
import { carriedKey, type Key } from './http-token.ts';
import { mayOnlyRead } from './me.ts';
import type { Reviewer } from './reviewer.ts';

const contentPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const strictHeaders = {
  'Content-Security-Policy': contentPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

interface Doorkeeper extends Pick<ServerOptions, 'keys'> {
  readonly reviewer: Reviewer | undefined;
}

export const setStrictHeaders: RequestHandler = (_request, response, next) => {
  response.set(strictHeaders);
  next();
};

/** In order; the first objection decides. What a reviewer has to say comes last: it costs others something. */
export const guard = ({ keys, reviewer }: Doorkeeper): RequestHandler[] => {
  const byKey = [keys.length === 0 ? rebound : withoutToken(keys), readerOrders(keys)];
  const objections = [oversized, fromAnotherSite, ...(reviewer === undefined ? byKey : []), notJson];
  const first: RequestHandler = (request, response, next) => {
    for (const objection of objections) {
      const problem = objection(request);
      if (problem !== null) {
        refuse(request, response, problem);
        return;
      }
    }
    const name = carriedKey(request.headers.authorization, keys)?.name ?? null;
    if (name !== null) letIn(response, { name, groups: [] });
    next();
  };
  return reviewer === undefined ? [first] : [first, reviewed(reviewer)];
};

type Objection = (request: Request) => Problem | null;

/** What an Alertmanager tells is measured when it is known whose it is: it must be noted that something was missed. */
const oversized: Objection = ({ headers, path }) =>
  !path.startsWith(alertsPath) && Number(headers['content-length'] ?? 0) > maxBodyBytes ? tooLarge : null;

/** Cross-site requests that a browser sends by itself; other programs say nothing of the kind. */
const fromAnotherSite: Objection = ({ headers }) => {
  const site = headers['sec-fetch-site'];
  const origin = headers.origin;
  const isForeign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== headers.host);
  return isForeign || site === 'cross-site' || site === 'same-site'
    ? problem('Forbidden', 'pages of other sites may not use this server')
    : null;
};

/** The host of a `Host` header, its port left out. */
const hostOf = (header: string): string => header.trim().replace(/:[0-9]*$/, '');

/** Without a token this machine alone may ask: a foreign name that resolves to 127.0.0.1 is an attack. */
const rebound: Objection = ({ headers }) =>
  isLoopback(hostOf(headers.host ?? ''))
    ? null
    : problem('Misdirected', 'without a token this server answers to localhost and 127.0.0.1 only');

const withoutToken =
  (keys: readonly Key[]): Objection =>
  ({ headers }) =>
    carriedKey(headers.authorization, keys) !== null
      ? null
      : problem('Unauthorized', 'this server wants a bearer token; give it with --token-file');

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const readerOrders =
  (keys: readonly Key[]): Objection =>
  ({ headers, method }) =>
    !reads.has(method) && carriedKey(headers.authorization, keys)?.only === 'read'
      ? problem('Forbidden', mayOnlyRead)
      : null;

/** A form of another site can't say that it is JSON without asking first, and nobody answers that question. */
const notJson: Objection = (request) => {
  if (request.method !== 'POST') return null;
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? null : problem('NotJson', 'send JSON, with Content-Type: application/json');
};

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: false });
