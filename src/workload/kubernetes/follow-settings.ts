/** What a Deployment says besides its template, and what is no other revision: stable's Deployment gets it at once, without a release. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { annotationPath, type PatchStep } from './fenced-patch.ts';

const spec = z.looseObject({
  minReadySeconds: z.int().optional(),
  progressDeadlineSeconds: z.int().nullish(),
  strategy: z.record(z.string(), z.unknown()).optional(),
  template: z.looseObject({
    metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).nullish() }).nullish(),
  }),
});

/** As `kubectl rollout restart` writes it. */
const restartedAt = 'kubectl.kubernetes.io/restartedAt';

/** Steps that make stable's Deployment follow the one that people write; none: it does. */
export function settingsToFollow(target: KubeObject, stable: KubeObject): readonly PatchStep[] {
  const wanted = spec.safeParse(target['spec']).data;
  const present = spec.safeParse(stable['spec']).data;
  if (wanted === undefined || present === undefined) return [];
  const pairs = [
    ['minReadySeconds', wanted.minReadySeconds ?? 0, present.minReadySeconds ?? 0],
    ['progressDeadlineSeconds', wanted.progressDeadlineSeconds ?? 600, present.progressDeadlineSeconds ?? 600],
    ['strategy', wanted.strategy ?? null, present.strategy ?? null],
  ] as const;
  const changed = pairs.filter(([, want, has]) => want !== null && contentHash([want]) !== contentHash([has]));
  return [
    ...changed.map(([name, value]): PatchStep => ({ op: 'add', path: `/spec/${name}`, value })),
    ...restart(wanted.template.metadata?.annotations ?? {}, present.template.metadata?.annotations ?? null, stable),
  ];
}

type Notes = Readonly<Record<string, string>>;

/** Ordered after the pods' Deployment was made, and not followed yet. */
function restart(wanted: Notes, present: Notes | null, { metadata }: KubeObject): readonly PatchStep[] {
  const at = wanted[restartedAt];
  if (at === undefined || at === present?.[restartedAt]) return [];
  if (!(Date.parse(at) > Date.parse(metadata.creationTimestamp ?? ''))) return [];
  const folder = '/spec/template/metadata/annotations';
  return [
    ...(present === null ? [{ op: 'add' as const, path: folder, value: {} }] : []),
    { op: 'add', path: `/spec/template${annotationPath(restartedAt)}`, value: at },
  ];
}
