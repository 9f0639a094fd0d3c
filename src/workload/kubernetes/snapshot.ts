/** A Deployment's pod template as a revision: without what others track their objects by, and with a name that is made from it. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';
import type { PodsSpec } from '../revision-spec.ts';

type Json = Readonly<Record<string, unknown>>;

const json = z.record(z.string(), z.unknown());

const template = z.looseObject({
  metadata: z
    .looseObject({
      labels: z.record(z.string(), z.string()).nullish(),
      annotations: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  spec: z.looseObject({}),
});

const deploymentSpec = z.looseObject({ replicas: z.int().optional(), template });

/** Labels and annotations by which a manager finds its own objects again, to prune them or to compare them. */
const tracking =
  /^(app\.kubernetes\.io\/(instance|managed-by)|argocd\.argoproj\.io\/.*|(kustomize|helm)\.toolkit\.fluxcd\.io\/.*|meta\.helm\.sh\/.*|helm\.sh\/.*|kubectl\.kubernetes\.io\/(last-applied-configuration|restartedAt)|pod-template-hash|sluice\.dev\/.*)$/;

const untracked = (words: Readonly<Record<string, string>> | null | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(words ?? {}).filter(([key]) => !tracking.test(key)));

export interface Intent {
  readonly template: Json;
  /** As the object says it now; 0 once Sluice has taken over. */
  readonly replicas: number;
}

/** What a Deployment asks for; null: it is none. */
export function intentOf(deployment: KubeObject): Intent | null {
  const spec = deploymentSpec.safeParse(deployment['spec']);
  if (!spec.success) return null;
  const { metadata, spec: podSpec } = spec.data.template;
  const labels = untracked(metadata?.labels);
  const annotations = untracked(metadata?.annotations);
  return {
    template: {
      metadata: { labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: podSpec,
    },
    replicas: spec.data.replicas ?? 1,
  };
}

/** Of one way to make names: another way would give all of them new ones. */
const nameVersion = 1;

/** `config`: what the ConfigMaps held that are delivered with it, by name. */
export const revisionName = (of: Json, config: Readonly<Record<string, unknown>> = {}): string =>
  contentHash({ version: nameVersion, template: of, config }).slice(0, 10);

/** The template as the pods of a revision get it: its labels besides their own, and ConfigMaps by their copies' names. */
export function deliveredTemplate(
  { template: of, config }: PodsSpec,
  labels: Json,
  copyOf: (name: string) => string,
): Json {
  const renamed = json.parse(withCopies(of, new Set(config), copyOf));
  const metadata = json.safeParse(renamed['metadata']).data ?? {};
  const own = json.safeParse(metadata['labels']).data ?? {};
  return { ...renamed, metadata: { ...metadata, labels: { ...own, ...labels } } };
}

/** Places of a pod's spec that name a ConfigMap. */
const referring = new Set(['configMap', 'configMapRef', 'configMapKeyRef']);

function withCopies(value: unknown, tracked: ReadonlySet<string>, copyOf: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withCopies(item, tracked, copyOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => {
      const name = referring.has(key) ? nameIn(item) : null;
      return name !== null && tracked.has(name)
        ? [key, { ...(item as object), name: copyOf(name) }]
        : [key, withCopies(item, tracked, copyOf)];
    }),
  );
}

/** Names of the ConfigMaps that a template refers to. */
export function configNames(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(configNames))];
  if (typeof value !== 'object' || value === null) return [];
  const found = Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const name = referring.has(key) ? nameIn(item) : null;
    return name === null ? configNames(item) : [name];
  });
  return [...new Set(found)].toSorted();
}

const nameIn = (item: unknown): string | null => {
  const name = json.safeParse(item).data?.['name'];
  return typeof name === 'string' ? name : null;
};
