/** `traffic`: who splits the requests between stable and canary. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { parseListenAddress } from '../lib/listen-address.ts';
import type { Traffic } from './policy.ts';
import { proxySettingsFrom, proxyWords } from './policy-built-in.ts';
import { fromFolder, httpAddress, plainText } from './policy-fields.ts';

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

const isSocketPath = (text: string): boolean => /^\/[^\0]+$/.test(text) && Buffer.byteLength(text) <= 107;

const isPort = (text: string): boolean => (parseListenAddress(text)?.port ?? 0) > 0;

const runtimeApi = z
  .string()
  .refine((text) => isSocketPath(text) || isPort(text), {
    error: ({ input }) =>
      `${describeFound(input)} is no runtime API; write the path of its socket, such as /run/haproxy/sluice.sock, or HOST:PORT`,
  })
  .meta({ examples: ['/run/haproxy/sluice.sock'] });

const haproxyName = z.string().refine((text) => /^[A-Za-z0-9_.:-]{1,100}$/.test(text), {
  error: ({ input }) => `${describeFound(input)} is no name in haproxy.cfg; it has letters, digits, - _ . and :`,
});

const different = (names: readonly string[]): boolean => new Set(names).size === names.length;

const servers = z.array(haproxyName).min(1).max(500).refine(different, 'names a server twice');

const haproxy = z
  .strictObject({
    endpoints: z
      .array(runtimeApi)
      .min(1)
      .max(32)
      .refine(different, 'names a runtime API twice')
      .meta({ description: 'Runtime API of each process. A weight counts when all have it.' }),
    backend: haproxyName.meta({ description: 'Name of the backend in haproxy.cfg.' }),
    stable: servers.meta({ description: 'Names of the servers that stable gets.' }),
    canary: servers.meta({ description: 'Names of the servers that the canary gets.' }),
    exporters: z.array(httpAddress).max(32).refine(different, 'names an exporter twice').optional().meta({
      description:
        "Page of each process's own exporter, such as http://127.0.0.1:8405/metrics, to be read directly. Without it the metric source is asked.",
    }),
    config: plainText.optional().meta({ description: 'Path of haproxy.cfg, to be checked before each release.' }),
  })
  .superRefine(({ stable, canary }, context) => {
    const both = canary.find((name) => stable.includes(name));
    if (both === undefined) return;
    const message = `names ${both} for stable and for the canary; a server is one or the other`;
    context.addIssue({ code: 'custom', message, path: ['canary'], input: canary });
  });

export const trafficWords = z
  .strictObject(
    { proxy: z.strictObject({ listen, ...proxyWords }).optional(), haproxy: haproxy.optional() },
    laterWords('istio', 'gatewayApi', 'traefik', 'jsonPatch'),
  )
  .superRefine(exactlyOne(['proxy', 'haproxy']));

/** Of words without a mistake. `folder`: where the policy's file is. */
export const trafficFrom = (words: z.output<typeof trafficWords>, folder: string): Traffic => {
  const { proxy, haproxy: balancer } = words;
  if (balancer === undefined) {
    const { listen, ...settings } = proxy ?? { listen: { host: '', port: 0 } };
    return { kind: 'proxy', listen, settings: proxySettingsFrom(settings, folder) };
  }
  const { endpoints, backend, stable, canary, config, exporters = [] } = balancer;
  const servers = { stable, canary };
  return { kind: 'haproxy', endpoints, backend, servers, exporters, config: fromFolder(folder, config) };
};
