/** Argo CD's Application, and Flux' Kustomization and HelmRelease, with the fields that a restore reads and writes: what has another name is dropped. */
import { eventually } from '../support/eventually.ts';
import type { Api } from './api/api.ts';

const text = { type: 'string' };
const flag = { type: 'boolean' };

const object = (properties: object, required: readonly string[] = []): object => ({
  ...{ type: 'object', properties },
  ...(required.length === 0 ? {} : { required }),
});

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly spec: object;
  readonly status: object;
  /** Argo CD writes the status of an Application as a part of it. */
  readonly subresources: object;
}

const sourceRef = object({ kind: text, name: text, namespace: text }, ['kind', 'name']);

const kinds: readonly Kind[] = [
  {
    ...{ group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', plural: 'applications', subresources: {} },
    spec: object(
      {
        project: text,
        destination: object({ server: text, namespace: text }),
        source: object({ repoURL: text, path: text, targetRevision: text }, ['repoURL']),
        syncPolicy: object({ automated: object({ prune: flag, selfHeal: flag, allowEmpty: flag }) }),
      },
      ['destination', 'project'],
    ),
    status: object({ sync: object({ status: text, revision: text }, ['status']) }),
  },
  {
    ...{ group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization', plural: 'kustomizations' },
    subresources: { status: {} },
    spec: object({ interval: text, path: text, prune: flag, sourceRef, suspend: flag }, [
      ...['interval', 'prune', 'sourceRef'],
    ]),
    status: object({ lastAppliedRevision: text, lastAttemptedRevision: text }),
  },
  {
    ...{ group: 'helm.toolkit.fluxcd.io', version: 'v2', kind: 'HelmRelease', plural: 'helmreleases' },
    subresources: { status: {} },
    spec: object({ chartRef: sourceRef, interval: text, suspend: flag }, ['interval']),
    status: object({ lastAttemptedRevision: text }),
  },
];

const definitionOf = ({ group, kind, plural, spec, status, subresources, version }: Kind): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    ...{ group, scope: 'Namespaced', names: { kind, plural, singular: kind.toLowerCase() } },
    versions: [
      {
        ...{ name: version, served: true, storage: true, subresources },
        schema: { openAPIV3Schema: object({ spec, status }, ['spec']) },
      },
    ],
  },
});

/** Resolves when they are served. */
export async function applyGitOpsDefinitions(api: Api): Promise<void> {
  for (const kind of kinds) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${kind.plural}.${kind.group}`;
    await api.apply(path, definitionOf(kind));
  }
  await eventually(() =>
    Promise.all(kinds.map(({ group, plural, version }) => api.list(`/apis/${group}/${version}/${plural}`))),
  );
}
