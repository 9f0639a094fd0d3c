/** `headers` of a server that is asked over HTTP. */
import { z } from 'zod';

export const headerWords = z
  .record(
    z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is no name of an HTTP header'),
    z
      .string()
      .max(4000)
      .regex(/^[^\r\n]*$/, 'holds a line break'),
  )
  .meta({ description: 'Sent with every request. A secret belongs in tokenFile.' });
