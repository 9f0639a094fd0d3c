/** Brings objects of a snapshot back: each in one write, and only where it is still what was compared. */
import type { KubeObject } from '../kube/object.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { type ComparedPart, lookAt } from './kubernetes-compare.ts';
import { type Content, checksumOf } from './kubernetes-part.ts';
import { folderOf, type KubernetesBackupOptions, rollingOf } from './kubernetes-world.ts';
import { stuckAdvice } from './point-problems.ts';

type Place = Pick<KubernetesBackupOptions, 'client' | 'namespace' | 'template'>;
type Json = Readonly<Record<string, unknown>>;

/** A write that meets another, or whose answer was lost, is decided anew from what is there. */
const tries = 6;

/** The Deployment comes last: it asks for the revision before only when that has everything again. */
export async function restoreParts(place: Place, parts: readonly ComparedPart[]): Promise<Result<void>> {
  const due = parts.filter(({ state }) => state === 'restore' || state === 'overwrite');
  const last = ({ kept }: ComparedPart): number => (kept.entry.kind === 'Deployment' ? 1 : 0);
  for (const part of due.toSorted((a, b) => last(a) - last(b))) {
    const done = await restorePart(place, part);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

async function restorePart(place: Place, part: ComparedPart): Promise<Result<void>> {
  const { entry, key } = part.kept;
  for (let left = tries; ; left--) {
    const seen = await lookAt(place, entry);
    if (!seen.ok) return failed(stuck(part, seen.error));
    const now = seen.value === null ? null : checksumOf(seen.value.content, key);
    if (now === entry.checksum) return ok(undefined);
    if (now !== part.now) return failed(changed(part));
    const type = part.kept.content.type;
    if (seen.value !== null && seen.value.content.type !== type) return failed(otherType(part, type));
    const written = await write(place, part, seen.value?.object ?? null);
    if (written.ok) return ok(undefined);
    const mayBeDecidedAnew = ['AlreadyExists', 'Conflict', 'Invalid', 'Unknown', 'Throttled'];
    if (left === 1 || !mayBeDecidedAnew.includes(written.error.reason)) return failed(stuck(part, written.error));
  }
}

function write({ client, namespace, template }: Place, { kept }: ComparedPart, object: ComparedPart['object']) {
  const { content, entry } = kept;
  const folder = folderOf(namespace, entry.kind);
  if (object === null) return client.create(folder, bodyOf(kept));
  const steps = entry.kind === 'Deployment' ? specSteps(object, content, template) : dataSteps(object, content);
  const { resourceVersion } = object.metadata;
  const body = [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }, ...steps];
  return client.patch(`${folder}/${entry.name}`, { type: 'json', body });
}

const bodyOf = ({ content: { binaryData, data, type }, entry }: ComparedPart['kept']): object => ({
  apiVersion: 'v1',
  kind: entry.kind,
  metadata: { name: entry.name, labels: entry.labels },
  ...(type === '' ? {} : { type }),
  data,
  ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
});

interface Step {
  readonly op: 'add' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

const set = (path: string, value: unknown, before: unknown): readonly Step[] => {
  if (value !== undefined) return [{ op: 'add', path, value }];
  return before === undefined ? [] : [{ op: 'remove', path }];
};

function dataSteps(object: Json, { binaryData, data }: Content): readonly Step[] {
  const binary = Object.keys(binaryData).length === 0 ? undefined : binaryData;
  return [...set('/data', data, object['data']), ...set('/binaryData', binary, object['binaryData'])];
}

/** What others track the pods by stays as it is. */
function specSteps(object: KubeObject, { spec }: Content, words: Place['template']): readonly Step[] {
  const live = jsonAt(object, 'spec');
  const { template, ...rolls } = spec;
  const wanted = template as Json;
  const [present, plain] = [jsonAt(live, 'template'), words.of(object) ?? {}];
  const kept = (word: string): Json => {
    const own = jsonAt(jsonAt(plain, 'metadata'), word);
    const all = Object.entries(jsonAt(jsonAt(present, 'metadata'), word));
    return Object.fromEntries(all.filter(([key]) => !(key in own)));
  };
  const metadata = jsonAt(wanted, 'metadata');
  const merged = (word: string): Json => ({ ...kept(word), ...jsonAt(metadata, word) });
  const notes = merged('annotations');
  const named = { labels: merged('labels'), ...(Object.keys(notes).length === 0 ? {} : { annotations: notes }) };
  const fields = [...new Set([...Object.keys(rolls), ...Object.keys(rollingOf(object))])];
  return [
    ...fields.flatMap((word) => set(`/spec/${word}`, rolls[word], live[word])),
    { op: 'add', path: '/spec/template', value: { ...wanted, metadata: named } },
  ];
}

const jsonAt = (of: Json, word: string): Json => (of[word] ?? {}) as Json;

const changed = ({ name }: ComparedPart): Problem => ({
  reason: 'RestoreConflict',
  message: `${name} was changed while it was restored: look at it, and restore again; what was brought back stays`,
  retryable: false,
});

const otherType = ({ name }: ComparedPart, was: string): Problem => ({
  reason: 'RestoreStuck',
  message: `${name} is of another type than ${was}, which no write can change: delete it; ${stuckAdvice}`,
  retryable: false,
});

const stuck = ({ name }: ComparedPart, { message, retryable }: Problem): Problem => ({
  reason: 'RestoreStuck',
  message: `${name}: ${message}: ${stuckAdvice}`,
  retryable,
});
