/** Bodies of requests: their bytes first, so that nothing is built from what our own parser has not looked at. */
import express, { type Request } from 'express';
import type { Result } from '../lib/result.ts';
import { maxBodyBytes } from './http-errors.ts';
import { parseStrictJson } from './strict-json.ts';

/** Read as bytes: our own parser looks at them before anybody builds objects from them. */
export const json = express.raw({ type: () => true, limit: maxBodyBytes, inflate: false });

export const parseBody = <T>(request: Request, parse: (body: unknown) => Result<T>): Result<T> => {
  const raw: unknown = request.body;
  const body = parseStrictJson(Buffer.isBuffer(raw) ? raw.toString('utf8') : '');
  return body.ok ? parse(body.value) : body;
};
