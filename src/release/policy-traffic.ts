/** `traffic`: who splits the requests between stable and canary. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { parseListenAddress } from '../lib/listen-address.ts';
import type { Traffic } from './policy.ts';

const form = 'write HOST:PORT, such as 127.0.0.1:8080, or 0.0.0.0:8080 for all addresses';

const listen = z
  .string({
    error: ({ input }) => (input === undefined ? undefined : `${describeFound(input)} is no address; ${form}`),
  })
  .transform((text, context) => {
    const address = parseListenAddress(text);
    if (address !== null) return address;
    context.addIssue({ code: 'custom', message: `${describeFound(text)} is no address; ${form}`, input: text });
    return z.NEVER;
  })
  .meta({ description: 'Where users connect.', examples: ['127.0.0.1:8080'] });

export const trafficWords = z
  .strictObject(
    { proxy: z.strictObject({ listen }).optional() },
    laterWords('istio', 'gatewayApi', 'traefik', 'haproxy', 'jsonPatch'),
  )
  .superRefine(exactlyOne(['proxy']))
  .transform(({ proxy }): Traffic => ({ kind: 'proxy', listen: proxy?.listen ?? { host: '', port: 0 } }));
