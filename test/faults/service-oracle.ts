/** Whom Services sent users to, held against S12: nobody that is not there, and never nobody. */
import { label, noRevision } from '../../src/workload/kubernetes/labels.ts';
import type { Happened, Seen } from './history.ts';

interface Pod {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

type Words = Readonly<Record<string, string>>;

/** Those that users are sent to whatever is delivered. */
const usersServices: readonly string[] = ['app', 'app-stable'];

const isReady = ({ status, metadata }: Seen): boolean =>
  metadata.deletionTimestamp === undefined &&
  ((status ?? {}) as Pod).conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true;

const selected = ({ spec }: Seen): Words => ((spec ?? {}) as { readonly selector?: Words }).selector ?? {};

/** Several watches tell what one server did in one order: one of them may be late by so much. */
const lagMs = 2_000;

/** Sentences about what is wrong; none when all is well. */
export const serviceFaults = (happened: readonly Happened[]): readonly string[] => [
  ...selectorFaults(happened),
  ...endpointFaults(happened),
];

function selectorFaults(happened: readonly Happened[]): readonly string[] {
  const found: string[] = [];
  /** Services that sent to somebody already. */
  const used = new Set<string>();
  for (const { atMs, object, plural } of happened) {
    if (plural !== 'services' || !usersServices.includes(object.metadata.name)) continue;
    const selector = selected(object);
    const revision = selector[label.revision];
    const { name } = object.metadata;
    // Made, and used by nobody yet.
    if ((revision === undefined || revision === noRevision) && !used.has(name)) continue;
    used.add(name);
    const wasReady = happened.some(
      (each) => each.plural === 'pods' && each.atMs <= atMs + lagMs && isMeant(selector, each.object),
    );
    if (!wasReady) found.push(`S12: Service ${name} selects ${revision ?? 'no revision'}, of which no pod was ready`);
  }
  return found;
}

/** A selector that names no revision means pods of none: it gets others only by the way. */
function isMeant(selector: Words, pod: Seen): boolean {
  const { labels = {} } = pod.metadata;
  const isSelected = Object.entries(selector).every(([key, value]) => labels[key] === value);
  return isSelected && labels[label.revision] === selector[label.revision] && isReady(pod);
}

function endpointFaults(happened: readonly Happened[]): readonly string[] {
  const found: string[] = [];
  /** Ready endpoints of each slice, by Service. */
  const known = new Map<string, Map<string, number>>();
  for (const { isGone, object, plural } of happened) {
    const service = object.metadata.labels?.['kubernetes.io/service-name'] ?? '';
    if (plural !== 'endpointslices' || !usersServices.includes(service)) continue;
    const slices = known.get(service) ?? new Map<string, number>();
    known.set(service, slices);
    const before = sumOf(slices);
    if (isGone) slices.delete(object.metadata.uid);
    else slices.set(object.metadata.uid, object.endpoints?.filter(({ conditions }) => conditions?.ready).length ?? 0);
    // Without a slice there is no such Service any more.
    if (before > 0 && slices.size > 0 && sumOf(slices) === 0)
      found.push(`S12: Service ${service} had nobody to send to`);
  }
  return found;
}

const sumOf = (slices: ReadonlyMap<string, number>): number =>
  [...slices.values()].reduce((sum, each) => sum + each, 0);
