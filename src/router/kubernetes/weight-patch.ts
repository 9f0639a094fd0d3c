/** One change of a route as a JSON patch that tests first what it rests on: weights, notes, and nothing else of the object. */
import type { KubeObject } from '../../kube/object.ts';
import { annotation, annotationsOf, type Marking } from './marks.ts';
import { below, type Split } from './split.ts';

export type Operation = { readonly op: 'test' | 'add'; readonly path: string; readonly value: unknown };

export interface Change {
  /** Null: the weights stay as they are. */
  readonly canary: number | null;
  readonly marking: Marking;
  /** `version`: on nothing but what was read. `owner`: whatever happened to the rest of it; safe when late. */
  readonly on: 'version' | 'owner';
}

const annotations = '/metadata/annotations';

export function weightPatch(object: KubeObject, splits: readonly Split[], change: Change): readonly Operation[] {
  const { canary } = change;
  return [
    ...conditions(object, change.on),
    ...(canary === null ? [] : splits.flatMap((split) => weightsOf(split, canary))),
    ...notes(object, change.marking),
  ];
}

/** A route that was never written by Sluice has no owner to test. */
export const canBeOnOwner = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[annotation.epoch] !== undefined && metadata.annotations[annotation.release] !== undefined;

function conditions({ metadata }: KubeObject, on: Change['on']): readonly Operation[] {
  const { uid, resourceVersion, annotations: noted = {} } = metadata;
  const owner = on === 'owner' ? [annotation.epoch, annotation.release] : [];
  return [
    test('/metadata/uid', uid),
    ...(on === 'version' ? [test('/metadata/resourceVersion', resourceVersion)] : []),
    ...owner.map((key) => test(below(annotations, key), noted[key])),
  ];
}

function weightsOf({ expected, weights }: Split, canary: number): readonly Operation[] {
  return [
    ...expected.map(({ pointer, value }) => test(pointer, value)),
    add(weights.canary.pointer, canary),
    add(weights.stable.pointer, 100 - canary),
  ];
}

function notes({ metadata }: KubeObject, marking: Marking): readonly Operation[] {
  const given = annotationsOf(marking);
  if (metadata.annotations === undefined) return [add(annotations, given)];
  return Object.entries(given).map(([key, value]) => add(below(annotations, key), value));
}

const test = (path: string, value: unknown): Operation => ({ op: 'test', path, value });

/** Replaces what is there. */
const add = (path: string, value: unknown): Operation => ({ op: 'add', path, value });
