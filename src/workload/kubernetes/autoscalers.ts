/** What sizes the Deployment that people write, HorizontalPodAutoscalers: copied for each revision that runs, while the original has nothing to size. */
import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { folders, isOf, labelsOf, type Owner, ownedBy, revisionOf } from './labels.ts';

const reference = z.looseObject({ kind: z.string(), name: z.string() });

const spec = z.looseObject({
  scaleTargetRef: reference,
  minReplicas: z.int().optional(),
  maxReplicas: z.int(),
});

type Spec = z.output<typeof spec>;

const specOf = (object: KubeObject): Spec | null => spec.safeParse(object['spec']).data ?? null;

export const leastIn = (autoscaler: KubeObject): number => specOf(autoscaler)?.minReplicas ?? 1;

/** The one that sizes the Deployment; null: none does. */
export const autoscalerOf = (all: readonly KubeObject[], deployment: string): KubeObject | null =>
  all.find((object) => {
    const { kind, name } = specOf(object)?.scaleTargetRef ?? {};
    return kind === 'Deployment' && name === deployment;
  }) ?? null;

/** Why it can't be copied; null: it can. What another controller keeps would be made again, beside the copy. */
export function cannotCopy(autoscaler: KubeObject, deployment: string): Problem | null {
  const keeper = (autoscaler.metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
  return keeper === undefined
    ? null
    : {
        reason: 'Autoscaled',
        message: `${keeper.kind} ${keeper.name} sizes Deployment ${deployment} by HorizontalPodAutoscaler ${autoscaler.metadata.name}, which is not available in this version: delete it, or put a HorizontalPodAutoscaler in its place`,
        retryable: true,
      };
}

export interface Sizing {
  readonly owner: Owner;
  /** Deployment of the revision. */
  readonly deployment: string;
  readonly revision: string;
  /** The least that it may size to; null: as the original says. */
  readonly atLeast: number | null;
}

function copyFor(original: KubeObject, { deployment, owner, revision, atLeast }: Sizing): object | null {
  const said = specOf(original);
  if (said === null) return null;
  const minReplicas = atLeast ?? said.minReplicas ?? 1;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: deployment, labels: labelsOf(owner.policy, revision), ownerReferences: [ownedBy(owner)] },
    spec: {
      ...said,
      scaleTargetRef: { ...said.scaleTargetRef, name: deployment },
      minReplicas,
      maxReplicas: Math.max(said.maxReplicas, minReplicas),
    },
  };
}

/** Whether the revision's copy is there, and says what it should. */
export function isSized(all: readonly KubeObject[], original: KubeObject, sizing: Sizing): boolean {
  const copy = all.find(({ metadata }) => metadata.name === sizing.deployment);
  const wanted = copyFor(original, sizing) as { readonly spec: Spec } | null;
  if (copy === undefined || wanted === null) return false;
  return contentHash(specOf(copy)) === contentHash(wanted.spec);
}

/** Makes the copy for the revision, or makes it so. */
export async function sizeBy(
  client: KubeClient,
  original: KubeObject,
  sizing: Sizing,
): Promise<Result<KubeObject | null>> {
  const { autoscalers } = folders(sizing.owner.namespace);
  const path = `${autoscalers}/${sizing.deployment}`;
  const copy = copyFor(original, sizing);
  if (copy === null) return ok(null);
  const there = await client.get(path);
  if (!there.ok && there.error.reason !== 'NotFound') return there;
  if (!there.ok) return client.create(autoscalers, copy);
  if (!isOf(there.value, sizing.owner.policy) || revisionOf(there.value) !== sizing.revision)
    return failed(foreign(sizing.deployment));
  const { resourceVersion } = there.value.metadata;
  const { spec: wanted } = copy as { readonly spec: object };
  return client.patch(path, {
    type: 'json',
    body: [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'replace', path: '/spec', value: wanted },
    ],
  });
}

/** The revision runs no pods any more, or nothing sizes the original. */
export async function sizeByNone(client: KubeClient, owner: Owner, deployment: string): Promise<Result<void>> {
  const deleted = await client.delete(`${folders(owner.namespace).autoscalers}/${deployment}`);
  return deleted.ok || deleted.error.reason === 'NotFound' ? ok(undefined) : deleted;
}

const foreign = (name: string): Problem => ({
  reason: 'ForeignAutoscaler',
  message: `HorizontalPodAutoscaler ${name} is there already, and Sluice did not make it: rename or delete it`,
  retryable: false,
});
