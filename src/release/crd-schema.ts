/** The kinds of objects that Sluice has in a cluster, as CustomResourceDefinitions. */
import type { z } from 'zod';
import { orderSpec, orderStatus } from './order-object-schema.ts';
import { kubernetesRules, kubernetesSpec } from './policy-cluster.ts';
import { clusterTraffic, gatewayWords, istioWords, trafficKinds } from './policy-cluster-traffic.ts';
import { planWords } from './policy-plan.ts';
import { policyStatus, releaseSpec, releaseStatus } from './release-object-schema.ts';
import { type CelRule, structuralSchema } from './structural-schema.ts';

const group = 'sluice.dev';
const version = 'v1alpha1';

const oneOf = (...words: readonly string[]): CelRule => ({
  rule: `[${words.map((word) => `has(self.${word})`).join(', ')}].exists_one(given, given)`,
  message: `needs exactly one of ${words.join(', ')}`,
});

const planRules: readonly CelRule[] = [
  {
    rule: '!has(self.steps) || self.steps[self.steps.size() - 1].weight == 100',
    message: 'the last step must have weight 100, where the canary proves that it carries everything',
  },
  {
    rule: '!has(self.steps) || (self.steps.map(step, step.weight).isSorted() && self.steps.all(step, self.steps.exists_one(other, other.weight == step.weight)))',
    message: 'the weights of the steps must rise',
  },
  {
    rule: '!has(self.blindFor) || !has(self.blindMax) || duration(self.blindFor) <= duration(self.blindMax)',
    message: 'blindFor is longer than blindMax',
  },
];

const celRules = new Map<z.core.$ZodType, readonly CelRule[]>([
  [clusterTraffic, [oneOf(...trafficKinds)]],
  [istioWords, [oneOf('services', 'subsets')]],
  [gatewayWords, [oneOf('httpRoute', 'grpcRoute')]],
  [kubernetesRules, [oneOf('configMap', 'inline')]],
  [planWords, planRules],
]);

/** An attempt is for one revision: another one is another attempt. */
const immutable: CelRule = {
  rule: 'self == oldSelf',
  message: 'a release is of one revision, for good: start another one',
};

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly spec: object;
  readonly status: object;
  readonly columns: readonly object[];
}

const column = (name: string, jsonPath: string, type = 'string'): object => ({ name, type, jsonPath });

const age = column('Age', '.metadata.creationTimestamp', 'date');
const message = column('Message', '.status.message');

const releasePolicy: Kind = {
  kind: 'ReleasePolicy',
  plural: 'releasepolicies',
  shortNames: ['rpol'],
  spec: structuralSchema(kubernetesSpec, celRules),
  status: structuralSchema(policyStatus),
  columns: [
    column('Target', '.spec.target.deployment'),
    column('Stable', '.status.stable'),
    column('Ready', ".status.conditions[?(@.type=='Ready')].status"),
    message,
    age,
  ],
};

const release: Kind = {
  kind: 'Release',
  plural: 'releases',
  shortNames: ['rel'],
  spec: structuralSchema(releaseSpec, new Map([[releaseSpec, [immutable]]])),
  status: structuralSchema(releaseStatus),
  columns: [
    column('Phase', '.status.phase'),
    column('Step', '.status.step'),
    column('Weight', '.status.weight.applied', 'integer'),
    column('Observed', '.status.weight.observed', 'number'),
    column('Verdict', '.status.verdict'),
    message,
    age,
  ],
};

/** Who gave an order, and which, is for good. */
const given: CelRule = { rule: 'self == oldSelf', message: 'an order is not changed: give another one' };

const aboutRevision: CelRule = {
  rule: "has(self.revision) || self.action in ['backup', 'restore']",
  message: 'revision is needed: only backup and restore are about none',
};

const releaseOrder: Kind = {
  kind: 'ReleaseOrder',
  plural: 'releaseorders',
  shortNames: ['rord'],
  spec: structuralSchema(orderSpec, new Map([[orderSpec, [given, aboutRevision]]])),
  status: structuralSchema(orderStatus),
  columns: [
    column('Policy', '.spec.policy'),
    column('Action', '.spec.action'),
    column('User', '.spec.user'),
    column('Answer', '.status.phase'),
    message,
    age,
  ],
};

export interface Definition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

const definition = ({ kind, plural, shortNames, spec, status, columns }: Kind): Definition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames, categories: ['sluice'] },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec, status } } },
      },
    ],
  },
});

export const definitions = (): readonly Definition[] => [
  definition(releasePolicy),
  definition(release),
  definition(releaseOrder),
];
