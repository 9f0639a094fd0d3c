/** Which pods are stable's and which the canary's where somebody else drives: by what the two Services select, and the template that pods were made from. */
import type { KubeObject } from '../../kube/object.ts';
import type { Backend } from '../workload.ts';
import { isReady } from './pod-instance.ts';

export interface Side {
  readonly revision: string;
  /** All that were made from that template, behind whichever of the two Services; the oldest first. */
  readonly pods: readonly KubeObject[];
}

/** null: no pod. */
export type Sides = Readonly<Record<Backend, Side | null>>;

type Selectors = Readonly<Record<Backend, Readonly<Record<string, string>>>>;

/** By which controllers of pods tell those of one template from others'; Argo Rollouts has its own. */
const templateLabels = ['rollouts-pod-template-hash', 'pod-template-hash', 'controller-revision-hash'];

/** The name of what a pod was made from; its own where nothing says that. */
function templateOf({ metadata: { labels = {}, name } }: KubeObject): string {
  const known = templateLabels.find((key) => labels[key] !== undefined);
  return known === undefined ? name : (labels[known] ?? name);
}

/** An empty selector selects nothing, as that of a Service does. */
export function isSelected(
  { metadata: { labels = {} } }: KubeObject,
  selector: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Stable is what most ready pods behind its Service were made from, the canary the newest else behind its own. */
export function sidesOf(all: readonly KubeObject[], selectors: Selectors): Sides {
  const living = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined).toSorted(byAge);
  const behind = (backend: Backend) => living.filter((pod) => isSelected(pod, selectors[backend]));
  const both = living.filter((pod) => isSelected(pod, selectors.stable) || isSelected(pod, selectors.canary));
  const side = (revision: string | null): Side | null =>
    revision === null ? null : { revision, pods: both.filter((pod) => templateOf(pod) === revision) };
  const stable = mostReady(behind('stable'));
  const others = behind('canary').filter((pod) => templateOf(pod) !== stable);
  const newest = others.at(-1);
  return { stable: side(stable), canary: side(newest === undefined ? null : templateOf(newest)) };
}

/** Of as many, the older. */
function mostReady(pods: readonly KubeObject[]): string | null {
  const names = [...new Set(pods.map(templateOf))];
  const ready = (name: string): number => pods.filter((pod) => templateOf(pod) === name && isReady(pod)).length;
  return names.toSorted((a, b) => ready(b) - ready(a))[0] ?? null;
}

const byAge = (a: KubeObject, b: KubeObject): number => (ageKey(a) < ageKey(b) ? -1 : 1);

const ageKey = ({ metadata: { creationTimestamp = '', name } }: KubeObject): string => `${creationTimestamp} ${name}`;
