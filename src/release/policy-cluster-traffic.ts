/** `traffic` of a ReleasePolicy in a cluster: whose weights split the requests, and between what. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';

export const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, {
    error: ({ input }) =>
      `${describeFound(input)} is no name of an object; it has lower-case letters, digits, - and dots`,
  });

const serviceName = z
  .string()
  .max(63)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, {
    error: ({ input }) => `${describeFound(input)} is no name of a Service; it has lower-case letters, digits and -`,
  });

const partName = z.string().min(1).max(253);

const services = z
  .strictObject({ stable: serviceName, canary: serviceName })
  .meta({ description: 'Services that get the shares, in the same namespace.' });

const subsets = z
  .strictObject({ host: serviceName, stable: partName, canary: partName })
  .meta({ description: 'Subsets of one Service, as a DestinationRule names them.' });

const names = z.array(partName).min(1).max(50);

const port = z
  .int()
  .min(1)
  .max(65_535)
  .optional()
  .meta({ description: "Of the Services, as the mesh's counters name it. Default 80." });

export const istioWords = z
  .strictObject({
    virtualService: objectName.meta({ description: 'VirtualService whose routes are split.' }),
    protocol: z.enum(['http', 'tls', 'tcp']).optional().meta({ description: 'Of the routes. Default http.' }),
    routes: names.optional().meta({ description: 'Names of the http routes that are split. Default: the only one.' }),
    services: services.optional(),
    subsets: subsets.optional(),
    port,
  })
  .superRefine(exactlyOne(['services', 'subsets']));

export const gatewayWords = z
  .strictObject({
    httpRoute: objectName.optional().meta({ description: 'HTTPRoute whose rules are split.' }),
    grpcRoute: objectName.optional().meta({ description: 'GRPCRoute whose rules are split.' }),
    rules: names.optional().meta({ description: 'Names of the rules that are split. Default: the only one.' }),
    services,
    port,
  })
  .superRefine(exactlyOne(['httpRoute', 'grpcRoute']));

const traefik = z.strictObject({
  traefikService: objectName.meta({ description: 'Weighted TraefikService.' }),
  services,
  port,
});

const pointer = z
  .string()
  .max(500)
  .regex(/^(\/[^/~]*(~[01][^/~]*)*)+$/, 'is no JSON pointer; write such as /spec/backends/0/weight');

const jsonPatch = z.strictObject({
  apiVersion: z
    .string()
    .max(253)
    .regex(/^([a-z0-9.-]+\/)?v[a-z0-9]+$/, 'is no version of an API; write such as example.com/v1'),
  resource: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9-]*$/, 'is no plural name of a kind; write such as widgets')
    .meta({ description: 'Plural name of the kind.' }),
  name: objectName,
  weights: z.strictObject({ stable: pointer, canary: pointer }).meta({ description: 'JSON pointers of the weights.' }),
  services,
});

/** By name; exactly one of them. */
export const trafficKinds = ['istio', 'gatewayApi', 'traefik', 'jsonPatch'] as const;

export const clusterTraffic = z
  .strictObject({
    istio: istioWords.optional(),
    gatewayApi: gatewayWords.optional(),
    traefik: traefik.optional(),
    jsonPatch: jsonPatch.optional(),
  })
  .superRefine(exactlyOne(trafficKinds));

export type ClusterTraffic = z.output<typeof clusterTraffic>;
