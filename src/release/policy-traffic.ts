/** `traffic`: who splits the requests between stable and canary. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import type { ListenAddress, Traffic } from './policy.ts';

const form = 'write HOST:PORT, such as 127.0.0.1:8080, or 0.0.0.0:8080 for all addresses';

const parseListen = (text: string): ListenAddress | null => {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9.-]+)):([0-9]{1,5})$/.exec(text);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  return host === undefined || port > 65_535 ? null : { host, port };
};

const listen = z
  .string({
    error: ({ input }) => (input === undefined ? undefined : `${describeFound(input)} is no address; ${form}`),
  })
  .transform((text, context) => {
    const address = parseListen(text);
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
