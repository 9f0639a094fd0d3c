/** How the address of an operator is spoken to: with his headers, his token and his certificate authority, each read anew. */
import { Agent } from 'node:https';
import type { AxiosRequestConfig } from 'axios';
import { failed, ok, type Result } from '../lib/result.ts';
import { readSecret } from '../lib/secret/read-secret.ts';
import type { HookServer } from '../release/hook-server.ts';
import { lookupNamed } from './named-address-http.ts';

export type Access = Pick<AxiosRequestConfig, 'httpsAgent' | 'lookup'> & {
  readonly headers: Readonly<Record<string, string>>;
};

/** Fails with a sentence. */
export async function accessTo(server: HookServer | null): Promise<Result<Access, string>> {
  if (server === null) return ok({ headers: {} });
  const { caFile, headers, tokenFile } = server;
  const token = tokenFile === null ? null : await readSecret({ from: 'file', path: tokenFile });
  if (token?.ok === false) return failed(`the token for ${server.url} can't be read: ${token.error}`);
  const ca = caFile === null ? null : await readSecret({ from: 'file', path: caFile });
  if (ca?.ok === false) return failed(`the certificate authority of ${server.url} can't be read: ${ca.error}`);
  return ok({
    headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token.value}` }) },
    ...(ca === null ? {} : { httpsAgent: new Agent({ ca: ca.value }) }),
    lookup: lookupNamed,
  });
}
