/** What Sluice notes on a route besides the weights: who wrote last, for which release, and which were taken back. */
import type { KubeObject } from '../../kube/object.ts';

export interface Marks {
  /** Controller that wrote last; 0: none yet. */
  readonly epoch: number;
  readonly release: string | null;
  /** Oldest first. */
  readonly latched: readonly string[];
}

const prefix = 'sluice.dev';

/** Keys of the annotations; `stamp` is another one with every write, so that each changes the version. */
export const annotation = {
  epoch: `${prefix}/epoch`,
  release: `${prefix}/release`,
  latched: `${prefix}/rolled-back`,
  stamp: `${prefix}/stamp`,
} as const;

/** More than a service rolls back while anything still remembers the first of them; far from what annotations may hold. */
const latchesKept = 100;

export function marksOf({ metadata: { annotations = {} } }: KubeObject): Marks {
  const epoch = Number(annotations[annotation.epoch] ?? 0);
  return {
    // What nobody can read may be anybody's: nothing is written over it.
    epoch: Number.isSafeInteger(epoch) ? epoch : Number.MAX_SAFE_INTEGER,
    release: annotations[annotation.release] ?? null,
    latched: (annotations[annotation.latched] ?? '').split(',').filter((release) => release !== ''),
  };
}

/** Another one with each write of ours and each change of the specification; a status that its controller writes leaves it. */
export function versionOf({ metadata: { uid, generation, resourceVersion, annotations = {} } }: KubeObject): string {
  return `${uid}/${generation ?? resourceVersion}/${annotations[annotation.stamp] ?? ''}`;
}

export interface Marking {
  readonly epoch: number;
  readonly release: string | null;
  readonly latched: readonly string[];
  readonly stamp: string;
}

export const latchedToo = (latched: readonly string[], release: string): readonly string[] =>
  [...latched.filter((other) => other !== release), release].slice(-latchesKept);

/** Only what there is to note. */
export const annotationsOf = ({ epoch, release, latched, stamp }: Marking): Readonly<Record<string, string>> => ({
  [annotation.epoch]: String(epoch),
  ...(release === null ? {} : { [annotation.release]: release }),
  ...(latched.length === 0 ? {} : { [annotation.latched]: latched.join(',') }),
  [annotation.stamp]: stamp,
});
