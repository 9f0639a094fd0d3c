/** The address of an instance, as a policy names it. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';

export const endpoint = z
  .string()
  .max(300)
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol === 'http:' && url.pathname === '/' && url.search === '' && url.username === '')
      return url.origin;
    const message = `${describeFound(text)} is not the address of an instance; write http://HOST:PORT`;
    context.addIssue({ code: 'custom', message, input: text });
    return z.NEVER;
  });
