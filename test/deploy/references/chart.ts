/** Parts of the Helm chart that the program knows better than a person who copies them: the definitions, and what may be set. */
import { parseAllDocuments, stringify } from 'yaml';
import { definitionsText } from '../../../src/cli/crds.ts';
import { mostKept } from '../../../src/release/history-bound.ts';
import { settingsWords } from '../../../src/release/policy-cluster-settings.ts';
import { asWritten } from '../../../src/release/policy-json-schema.ts';

interface Definition {
  readonly metadata: object;
}

/** They outlive the chart: with a definition every object of its kind would go. */
export const chartDefinitions = (): string =>
  parseAllDocuments(definitionsText())
    .map((document) => document.toJS() as Definition)
    .map((object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { 'helm.sh/resource-policy': 'keep' } },
    }))
    .map((object) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 }))
    .join('---\n');

const text = { type: 'string' };
const map = { type: 'object' };
const list = { type: 'array' };
const flag = { type: 'boolean' };

const only = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const namespace = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

/** What values.yaml may say; Helm refuses everything else before anything is installed. */
export const chartValues = (): string => {
  const settings = asWritten(settingsWords, "the operator's settings");
  const pull = { enum: ['Always', 'IfNotPresent', 'Never'] };
  const digest = { type: 'string', pattern: '^$|^sha256:[0-9a-f]{64}$' };
  const kind = only({ apiGroup: text, resource: { type: 'string', minLength: 1 } }, ['apiGroup', 'resource']);
  const properties = {
    image: only({ repository: text, tag: text, digest, pullPolicy: pull, pullSecrets: list }, ['repository']),
    replicas: { type: 'integer', minimum: 1, maximum: 9 },
    watchNamespace: { type: 'string', pattern: `^$|${namespace}` },
    watchNamespaces: { type: 'array', items: { type: 'string', pattern: namespace } },
    clusterWide: flag,
    observeOnly: flag,
    routers: only({ istio: flag, gatewayApi: flag, traefik: flag, jsonPatch: { type: 'array', items: kind } }),
    checks: only({ jobs: flag, secrets: { type: 'array', items: { type: 'string', minLength: 1 } } }),
    backup: only({ secrets: flag }),
    gitops: only({ namespaces: list }),
    settings: { ...settings, $schema: undefined },
    review: flag,
    crds: only({ install: flag }),
    history: only({ keep: { type: 'integer', minimum: 1, maximum: mostKept }, keepFor: text }),
    logLevel: { enum: ['debug', 'info', 'warn', 'error', 'silent'] },
    port: { type: 'integer', minimum: 1024, maximum: 65_535 },
    resources: map,
    podAnnotations: map,
    podLabels: map,
    nodeSelector: map,
    tolerations: list,
    affinity: map,
    priorityClassName: text,
    extraEnv: list,
    extraVolumes: list,
    extraVolumeMounts: list,
    global: map,
  };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart',
    ...only(properties),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
};
