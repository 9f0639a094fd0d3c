/** What people apply to have a Deployment delivered: the policy's words, and the VirtualService that splits its users. */
import { istioGateway } from '../lab/mesh/objects.ts';

interface Words {
  /** Of Deployment, VirtualService and policy; default `app`. */
  readonly name?: string;
  /** As the operator's settings call the metric source; default `pods`. */
  readonly source?: string;
  readonly plan: object;
}

/** `spec` of a ReleasePolicy with one critical rule. */
export const deliveredSpec = ({ name = 'app', source = 'pods', plan }: Words): object => ({
  target: { deployment: name },
  traffic: { istio: { virtualService: name, services: { stable: `${name}-stable`, canary: `${name}-canary` } } },
  metrics: { source },
  rules: { inline: { error_rate: { threshold: '5%', window: '1m', alert: 'critical' } } },
  plan,
});

/** A ReleasePolicy of the name `app`. */
export const deliveredPolicy = (spec: object): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  kind: 'ReleasePolicy',
  metadata: { name: 'app' },
  spec,
});

interface Split {
  readonly namespace: string;
  readonly name?: string;
  /** Whom requests are for; default `NAMESPACE.test`. */
  readonly host?: string;
  /** Default: that of the lab's Envoy. */
  readonly gateways?: readonly string[] | null;
  /** How the Services are named; default `full`, with their namespace. */
  readonly services?: 'full' | 'short';
  /** Of the rule; default: none. */
  readonly rule?: string;
}

/** All on stable. */
export function splitRoute(split: Split): object {
  const { namespace, name = 'app', host = `${namespace}.test`, gateways = [istioGateway], services, rule } = split;
  const domain = services === 'short' ? '' : `.${namespace}.svc.cluster.local`;
  const leg = (version: string, weight: number): object => ({
    destination: { host: `${name}-${version}${domain}`, port: { number: 80 } },
    weight,
  });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name },
    spec: {
      hosts: [host],
      ...(gateways === null ? {} : { gateways }),
      http: [{ ...(rule === undefined ? {} : { name: rule }), route: [leg('stable', 100), leg('canary', 0)] }],
    },
  };
}
