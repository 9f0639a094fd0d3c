/** `hooks` of the operator's settings: addresses that checks and gates of policies may ask, each under a name. */
import { z } from 'zod';
import type { HookServer } from './hook-server.ts';
import { fromFolder, httpAddress, plainText } from './policy-fields.ts';
import { headerWords } from './policy-headers.ts';

const hookServer = z
  .strictObject({
    url: httpAddress.meta({ description: 'What a policy asks stands below it.' }),
    headers: headerWords.optional(),
    tokenFile: plainText.optional().meta({ description: 'File with a bearer token.' }),
    caFile: plainText.optional().meta({ description: 'File with the certificate authority to trust.' }),
  })
  .refine(
    ({ headers = {}, tokenFile }) =>
      tokenFile === undefined || !Object.keys(headers).some((name) => name.toLowerCase() === 'authorization'),
    'has both tokenFile and an Authorization header; keep one of them',
  )
  .refine(({ url }) => !url.includes('?'), {
    error: 'has a query, which belongs to the path of a hook',
    path: ['url'],
  });

const hookName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'is no name of a hook; use lower-case letters, digits and -');

export const hooksWords = z.record(hookName, hookServer);

/** Files stand where the operator's own process finds them: their paths are absolute. */
export const hookServersFrom = (words: z.output<typeof hooksWords> = {}): Readonly<Record<string, HookServer>> =>
  Object.fromEntries(
    Object.entries(words).map(([name, { caFile, headers = {}, tokenFile, url }]) => [
      name,
      { url, headers, tokenFile: fromFolder('/', tokenFile), caFile: fromFolder('/', caFile) },
    ]),
  );
