/** Whom Services sent users to, held against S12: nobody that is not there. */
import { label, noRevision } from '../../src/workload/kubernetes/labels.ts';
import type { Happened, Seen } from './history.ts';

interface Pod {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

const isReady = ({ status, metadata }: Seen): boolean =>
  metadata.deletionTimestamp === undefined &&
  ((status ?? {}) as Pod).conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true;

const selected = ({ spec }: Seen): Readonly<Record<string, string>> =>
  ((spec ?? {}) as { readonly selector?: Readonly<Record<string, string>> }).selector ?? {};

/** Three watches tell what one server did in one order: one of them may be late by so much. */
const lagMs = 2_000;

/** Sentences about what is wrong; none when all is well. */
export function serviceFaults(happened: readonly Happened[]): readonly string[] {
  const found: string[] = [];
  /** Services that sent to somebody already. */
  const used = new Set<string>();
  for (const { atMs, object, plural } of happened) {
    if (plural !== 'services' || !['app', 'app-stable'].includes(object.metadata.name)) continue;
    const revision = selected(object)[label.revision];
    const { name } = object.metadata;
    // Made, and used by nobody yet.
    if (revision === undefined || (revision === noRevision && !used.has(name))) continue;
    used.add(name);
    const wasReady = happened.some(
      (each) =>
        each.plural === 'pods' &&
        each.atMs <= atMs + lagMs &&
        each.object.metadata.labels?.[label.revision] === revision &&
        isReady(each.object),
    );
    if (!wasReady) found.push(`S12: Service ${name} selects ${revision}, of which no pod was ready`);
  }
  return found;
}
