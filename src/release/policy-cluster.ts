/** The spec of a ReleasePolicy in a cluster: the words of a policy file, but for what lies in the cluster or is the operator's to say. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { metricsWords } from './policy-metrics.ts';
import { inlineRules, specWords } from './policy-schema.ts';

const objectName = z
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

const routeName = z.string().min(1).max(253);

const services = z.strictObject({ stable: serviceName, canary: serviceName });

const subsets = z.strictObject({ host: serviceName, stable: routeName, canary: routeName });

const istio = z
  .strictObject({
    virtualService: objectName.meta({ description: 'Name of the VirtualService whose routes are split.' }),
    protocol: z.enum(['http', 'tls', 'tcp']).optional().meta({ description: 'Of the routes. Default http.' }),
    routes: z
      .array(routeName)
      .min(1)
      .max(50)
      .optional()
      .meta({ description: 'Names of the http routes that are split. Default: the only one.' }),
    services: services.optional().meta({ description: 'Services that the routes send to.' }),
    subsets: subsets.optional().meta({ description: 'Subsets of one Service, as a DestinationRule names them.' }),
  })
  .superRefine(exactlyOne(['services', 'subsets']));

export const kubernetesTraffic = z
  .strictObject({ istio: istio.optional() }, laterWords('gatewayApi', 'traefik', 'jsonPatch'))
  .superRefine(exactlyOne(['istio']));

export const kubernetesRules = z
  .strictObject({
    configMap: objectName.optional().meta({ description: 'ConfigMap with a rule file under the key rules.yaml.' }),
    inline: inlineRules.optional().meta({ description: 'A rule file, as it stands.' }),
    critical: z.literal('optional').optional().meta({ description: 'Accept a set without a critical rule.' }),
  })
  .superRefine(exactlyOne(['configMap', 'inline']));

const { plan, confidence, judge, mode, contacts } = specWords.shape;

/** Metric sources, and whom a webhook tells, stand in the operator's settings: a policy names them. */
export const kubernetesSpec = z.strictObject({
  target: z.strictObject(
    { deployment: objectName.meta({ description: 'Deployment whose template is delivered.' }) },
    laterWords('statefulSet', 'daemonSet', 'rollout'),
  ),
  traffic: kubernetesTraffic,
  metrics: metricsWords,
  rules: kubernetesRules,
  plan,
  confidence,
  judge,
  mode,
  notify: z
    .array(z.strictObject({ to: routeName.meta({ description: "Name of a target in the operator's settings." }) }))
    .max(20)
    .optional(),
  contacts,
});
