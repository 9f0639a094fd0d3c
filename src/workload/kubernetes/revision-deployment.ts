/** The Deployment that runs one revision: made once, from the snapshot, and only scaled afterwards. */
import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { PodsSpec } from '../revision-spec.ts';
import { fencedPatch } from './fenced-patch.ts';
import { folders, labelsOf, note, type Owner, ownedBy } from './labels.ts';
import { deliveredTemplate } from './snapshot.ts';

const spec = z.looseObject({ replicas: z.int().optional() });

export const replicasOf = (deployment: KubeObject): number => spec.safeParse(deployment['spec']).data?.replicas ?? 1;

export interface Scaling {
  readonly owner: Owner;
  /** Deployment that is delivered: the revisions are named after it. */
  readonly target: string;
  readonly revision: string;
  readonly replicas: number;
  /** So many are enough, and more stay; null: exactly `replicas`. */
  readonly floor?: number | null;
  readonly epoch: number;
}

const deploymentName = ({ target, revision }: Pick<Scaling, 'revision' | 'target'>): string => `${target}-${revision}`;

export const deploymentPath = ({ owner, ...of }: Pick<Scaling, 'owner' | 'revision' | 'target'>): string =>
  `${folders(owner.namespace).deployments}/${deploymentName(of)}`;

/** Name of a ConfigMap's copy for one revision. */
export const copyName = (name: string, revision: string): string => `${name}-${revision}`;

/** Size does not make another revision. */
const madeFrom = ({ template, config }: PodsSpec): string => contentHash({ template, config });

interface Wanted {
  readonly spec: PodsSpec;
  readonly replicas: number;
  readonly floor: number | null;
  readonly epoch: number;
}

const isLargeEnough = (object: KubeObject, { floor = null, replicas }: Pick<Scaling, 'floor' | 'replicas'>): boolean =>
  floor === null ? replicasOf(object) === replicas : replicasOf(object) >= floor;

/** Whether nothing is left to write on it. */
export const isAsWanted = (object: KubeObject, { spec: made, epoch, ...size }: Wanted): boolean => {
  const notes = object.metadata.annotations ?? {};
  return notes[note.made] === madeFrom(made) && notes[note.epoch] === String(epoch) && isLargeEnough(object, size);
};

/** Runs so many pods of the revision; makes its Deployment where there is none. */
export async function scaleTo(client: KubeClient, made: PodsSpec, scaling: Scaling): Promise<Result<KubeObject>> {
  const scaled = await scale(client, made, scaling);
  if (scaled.ok || scaled.error.reason !== 'NotFound') return scaled;
  const created = await client.create(folders(scaling.owner.namespace).deployments, bodyOf(made, scaling));
  if (created.ok) return created;
  const { reason } = created.error;
  return reason === 'AlreadyExists' || reason === 'Unknown' ? scale(client, made, scaling) : created;
}

function scale(client: KubeClient, made: PodsSpec, scaling: Scaling): Promise<Result<KubeObject>> {
  const { epoch, replicas } = scaling;
  return fencedPatch(client, {
    path: deploymentPath(scaling),
    epoch,
    decide: (object) => {
      const known = object.metadata.annotations?.[note.made];
      if (known !== madeFrom(made)) return failed(known === undefined ? foreign(scaling) : changed(scaling));
      return ok(isLargeEnough(object, scaling) ? null : [{ op: 'add', path: '/spec/replicas', value: replicas }]);
    },
  });
}

/** To nothing; the Deployment stays, as the way back to the revision. */
export const stop = (client: KubeClient, scaling: Omit<Scaling, 'replicas'>): Promise<Result<KubeObject>> =>
  fencedPatch(client, {
    path: deploymentPath(scaling),
    epoch: scaling.epoch,
    decide: (object) => {
      if (object.metadata.annotations?.[note.made] === undefined) return failed(foreign(scaling));
      return ok(replicasOf(object) === 0 ? null : [{ op: 'add', path: '/spec/replicas', value: 0 }]);
    },
  });

function bodyOf(made: PodsSpec, { owner, target, revision, replicas, epoch }: Scaling): object {
  const labels = labelsOf(owner.policy, revision);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: deploymentName({ target, revision }),
      labels,
      annotations: { [note.made]: madeFrom(made), [note.epoch]: String(epoch) },
      ownerReferences: [ownedBy(owner)],
    },
    spec: {
      replicas,
      revisionHistoryLimit: 0,
      selector: { matchLabels: labels },
      template: deliveredTemplate(made, labels, (name) => copyName(name, revision)),
    },
  };
}

const changed = (of: Scaling): Problem => ({
  reason: 'RevisionChanged',
  message: `Deployment ${deploymentName(of)} was made from another template: a revision's name means one thing`,
  retryable: false,
});

const foreign = (of: Pick<Scaling, 'revision' | 'target'>): Problem => ({
  reason: 'ForeignDeployment',
  message: `Deployment ${deploymentName(of)} is there already, and Sluice did not make it: rename or delete it`,
  retryable: false,
});
