/** Takes a snapshot in a cluster: nothing of it counts before all of it was written and read back. */
import { randomBytes } from 'node:crypto';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { type CopyPlace, type Part, readCopies, writeCopy } from './kubernetes-copies.ts';
import {
  backupLabel,
  type Head,
  headKeys,
  type ManagedAt,
  type PartEntry,
  type PartManifest,
  readHead,
  sha256,
  takerNote,
} from './kubernetes-manifest.ts';
import { folderOf } from './kubernetes-world.ts';
import type { ListedPoint } from './point-status.ts';
import { pointName, type RollbackPoint, type Taking } from './snapshots.ts';

export interface Snapshot {
  readonly taking: Taking;
  readonly parts: readonly Part[];
  readonly managed: readonly ManagedAt[];
}

interface TakePlace extends CopyPlace {
  readonly epoch: number;
  readonly owner: object;
}

export interface Taken {
  readonly point: RollbackPoint;
  /** What the policy's status is to say of it: until then it is no point. */
  readonly listed: ListedPoint;
}

/** What was written of one that failed goes with the next one. */
export async function takeSnapshot(place: TakePlace, { managed, parts, taking }: Snapshot): Promise<Result<Taken>> {
  const unique = randomBytes(3).toString('hex');
  const draft = await begin(place, `${place.policy}-backup-${unique}`);
  if (!draft.ok) return draft;
  const entries: PartEntry[] = [];
  for (const part of parts) {
    const written = await writeCopy(place, { ...draft.value, index: entries.length }, part);
    if (!written.ok) return written;
    entries.push(written.value);
  }
  const sound = await readCopies(place, entries);
  if (!sound.ok) return sound.error.reason === 'BackupAltered' ? failed(unsound(sound.error)) : sound;
  const { notes = [], nowMs, revision } = taking;
  const id = pointName(taking, unique);
  const manifest = {
    format: 1,
    id,
    revision,
    takenAtMs: nowMs,
    parts: entries,
    managed: [...managed],
    notes: [...notes],
  };
  return finish(place, draft.value, manifest as PartManifest);
}

async function begin({ client, epoch, namespace, owner, policy }: TakePlace, name: string): Promise<Result<Head>> {
  const annotations = { [takerNote]: String(epoch) };
  const made = await client.create(folderOf(namespace, 'ConfigMap'), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, annotations, labels: { [backupLabel]: policy }, ownerReferences: [owner] },
  });
  return made.ok ? ok(readHead(made.value, [])) : made;
}

/** Its checksum is of what was made here, not of what is found there. */
async function finish(
  { client, namespace }: TakePlace,
  { name, uid, version }: Head,
  manifest: PartManifest,
): Promise<Result<Taken>> {
  const path = `${folderOf(namespace, 'ConfigMap')}/${name}`;
  const text = JSON.stringify(manifest);
  const body = { metadata: { resourceVersion: version }, data: { [headKeys.manifest]: text } };
  const written = await client.patch(path, { type: 'merge', body });
  if (!written.ok) return written;
  const read = await client.get(path);
  if (!read.ok) return read;
  const listed = { id: manifest.id, configMap: name, uid, checksum: sha256(text) };
  const { verified } = readHead(read.value, [listed]);
  return verified === null
    ? failed(unsound({ message: `ConfigMap ${name} is not what was written` }))
    : ok({ point: verified.point, listed });
}

const unsound = ({ message }: Pick<Problem, 'message'>): Problem => ({
  reason: 'BackupUnsound',
  message: `what was written is not what was read back: ${message}`,
  retryable: true,
});
