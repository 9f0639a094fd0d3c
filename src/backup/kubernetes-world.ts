/** What a backup in a cluster needs to know of whose it is, and the paths where its objects lie. */
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Result } from '../lib/result.ts';
import type { PartKind } from './kubernetes-part.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a revision was made from. */
export interface Delivered {
  /** Without what others track their objects by. */
  readonly template: Json;
  /** ConfigMaps of which the revision has copies of its own. */
  readonly config: readonly string[];
}

export interface KubernetesBackupOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly policy: string;
  /** Of the election that made this controller the one that writes. */
  readonly epoch: number;
  /** Hears of the ReleasePolicy as a write of ours left it. */
  readonly learn: (object: KubeObject) => void;
  /** Reference to the ReleasePolicy: what is kept goes with it. */
  readonly owner: object;
  readonly deployment: string;
  readonly secrets: 'included' | 'excluded';
  /** null: nobody knows the revision any more. */
  readonly delivered: (revision: string) => Promise<Result<Delivered | null>>;
  readonly template: TemplateWords;
}

/** How the pods' template of a Deployment is read. */
export interface TemplateWords {
  /** Without what others track their objects by; null: it has none. */
  of(deployment: KubeObject): Json | null;
  configNames(template: Json): readonly string[];
  /** Of a ConfigMap's copy for one revision. */
  copyName(name: string, revision: string): string;
}

export const folderOf = (namespace: string, kind: PartKind): string =>
  kind === 'Deployment'
    ? `/apis/apps/v1/namespaces/${namespace}/deployments`
    : `/api/v1/namespaces/${namespace}/${kind === 'Secret' ? 'secrets' : 'configmaps'}`;

/** Places of a pod's spec that name a Secret, and the word under which they do. */
const referring: Readonly<Record<string, string>> = {
  secretKeyRef: 'name',
  secretRef: 'name',
  nodePublishSecretRef: 'name',
  secret: 'secretName',
};

/** Names of the Secrets that a template refers to; projected volumes say `secret: { name }`. */
export function secretNames(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(secretNames))].toSorted();
  if (typeof value !== 'object' || value === null) return [];
  const found = Object.entries(value).flatMap(([key, item]: [string, unknown]) => [
    ...(key in referring ? namesIn(item, [referring[key] ?? '', 'name']) : secretNames(item)),
    ...(key === 'imagePullSecrets' && Array.isArray(item) ? item.flatMap((each) => namesIn(each, ['name'])) : []),
  ]);
  return [...new Set(found)].toSorted();
}

function namesIn(item: unknown, words: readonly string[]): readonly string[] {
  const found = words.map((word) => (item as Json | null)?.[word]).find((name) => typeof name === 'string');
  return typeof found === 'string' ? [found] : [];
}

export const isControlled = ({ metadata }: KubeObject): boolean =>
  (metadata.ownerReferences ?? []).some(({ controller }) => controller === true);

/** Fields of a Deployment that say how it rolls. */
const rolling = ['minReadySeconds', 'progressDeadlineSeconds', 'strategy'] as const;

export function rollingOf(deployment: KubeObject): Json {
  const spec = (deployment['spec'] ?? {}) as Json;
  return Object.fromEntries(rolling.flatMap((word) => (spec[word] === undefined ? [] : [[word, spec[word]]])));
}
