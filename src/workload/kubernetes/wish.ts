/** What a Deployment asks for: a revision, from its template and the ConfigMaps that this names. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import type { PodsSpec } from '../revision-spec.ts';
import { contentOf, isTracked } from './config-copies.ts';
import { note } from './labels.ts';
import { configNames, intentOf, revisionName } from './snapshot.ts';

export interface Wish {
  readonly revision: string;
  readonly spec: PodsSpec;
  /** ConfigMaps that its template names, whether they are there or not. */
  readonly named: readonly string[];
  /** It runs pods of its own. */
  readonly standing: 'up' | 'down';
  /** Pods of its own that answer. */
  readonly ready: number;
  /** What its annotations say of the rollback of the next release; null: nothing. */
  readonly rollback: { readonly rule: string; readonly reason: string } | null;
}

const status = z.looseObject({ readyReplicas: z.int().optional() });

/** `maps`: ConfigMaps of its namespace. Null where the object is no Deployment. */
export function wishOf(deployment: KubeObject, maps: readonly KubeObject[]): Wish | null {
  const intent = intentOf(deployment);
  if (intent === null) return null;
  const tracked = trackedMaps(intent.template, maps);
  return {
    revision: revisionOf(intent.template, tracked),
    spec: {
      kind: 'pods',
      template: intent.template,
      config: tracked.map(({ metadata: { name } }) => name),
      replicas: intent.replicas > 0 ? intent.replicas : notedReplicas(deployment),
    },
    named: configNames(intent.template),
    standing: intent.replicas > 0 ? 'up' : 'down',
    ready: status.safeParse(deployment['status']).data?.readyReplicas ?? 0,
    rollback: rollbackNoted(deployment),
  };
}

/** Those of the ConfigMaps that the template names that are delivered with it. */
export function trackedMaps(template: PodsSpec['template'], maps: readonly KubeObject[]): readonly KubeObject[] {
  const names = new Set(configNames(template));
  return maps.filter((map) => names.has(map.metadata.name) && isTracked(map));
}

export const revisionOf = (template: PodsSpec['template'], tracked: readonly KubeObject[]): string =>
  revisionName(template, Object.fromEntries(tracked.map((map) => [map.metadata.name, contentOf(map)])));

/** How many pods it had before it was taken to none; 1 where nothing was noted. */
export const notedReplicas = (object: KubeObject): number => {
  const noted = Number(object.metadata.annotations?.[note.replicas]);
  return Number.isInteger(noted) && noted > 0 ? noted : 1;
};

function rollbackNoted({ metadata: { annotations = {} } }: KubeObject): Wish['rollback'] {
  const rule = annotations[note.rollback];
  return rule === undefined ? null : { rule, reason: annotations[note.rollbackReason] ?? '' };
}
