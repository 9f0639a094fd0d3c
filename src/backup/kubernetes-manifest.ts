/**
 * What a snapshot in a cluster says of itself, in a ConfigMap of its own: every object with its checksum, and where its copy is. Read
 * strictly, and believed only where the policy's status has its checksum: ConfigMaps are written by many, the status by the controller.
 *
 *   ConfigMap app-backup-3f2a91 (draft) ─► its copies ─► read back ─► manifest in it ─► its checksum in the status ─► a rollback point
 *        └── goes: its copies go with it
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { KubeObject } from '../kube/object.ts';
import { sizeText } from './files-manifest.ts';
import type { ListedPoint } from './point-status.ts';
import type { RollbackPoint } from './snapshots.ts';

const entry = z.strictObject({
  kind: z.enum(['ConfigMap', 'Deployment', 'Secret']),
  name: z.string(),
  /** Name of the copy: a Secret for a Secret, a ConfigMap for all others. */
  copy: z.string(),
  labels: z.record(z.string(), z.string()),
  bytes: z.int(),
  checksum: z.string(),
});

export type PartEntry = z.output<typeof entry>;

const managed = z.strictObject({ kind: z.string(), namespace: z.string(), name: z.string(), revision: z.string() });

/** What a GitOps manager had applied when the snapshot was taken. */
export type ManagedAt = z.output<typeof managed>;

const manifest = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  revision: z.string(),
  takenAtMs: z.number(),
  parts: z.array(entry),
  managed: z.array(managed),
  notes: z.array(z.string()),
});

export type PartManifest = z.output<typeof manifest>;

const after = z.strictObject({ atMs: z.number(), checksums: z.record(z.string(), z.string()) });

/** Keys of the ConfigMap. */
export const headKeys = {
  manifest: 'manifest.json',
  after: 'after.json',
  /** Of those that earlier versions made: they proved themselves. */
  formerProof: 'verified.json',
} as const;

export const backupLabel = 'sluice.dev/backup';

/** On the ConfigMap of a point: epoch of the controller that makes it. */
export const takerNote = 'sluice.dev/epoch';

export interface Head {
  /** Of the ConfigMap. */
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  /** null: the policy's status does not list it, or it is not what that lists. */
  readonly verified: { readonly manifest: PartManifest; readonly point: RollbackPoint } | null;
  /** Name of the point that it says to be; null: it says nothing of the kind. */
  readonly claims: string | null;
  /** The status does not list it: its controller was killed before, or is at it. */
  readonly isLeftOver: boolean;
  /** Epoch of the controller that made it; 0: none is noted. */
  readonly taker: number;
  /** Checksums of how a release left everything, by part; null: nobody noted it, or it is not what was noted. */
  readonly after: Readonly<Record<string, string>> | null;
}

export const partName = ({ kind, name }: Pick<PartEntry, 'kind' | 'name'>): string => `${kind} ${name}`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function readHead({ metadata, ...object }: KubeObject, listed: readonly ListedPoint[]): Head {
  const { name, resourceVersion: version, uid } = metadata;
  const data = z.record(z.string(), z.string()).safeParse(object['data']).data ?? {};
  const text = data[headKeys.manifest];
  const own = listed.find((each) => each.configMap === name && each.uid === uid);
  const isSound = own !== undefined && sha256(text ?? '') === own.checksum;
  const noted = sha256(data[headKeys.after] ?? '') === own?.after ? jsonOf(data[headKeys.after]) : null;
  return {
    ...{ name, uid, version },
    verified: isSound ? verifiedIn(text, own) : null,
    claims: manifest.safeParse(jsonOf(text)).data?.id ?? null,
    isLeftOver: own === undefined && data[headKeys.formerProof] === undefined,
    taker: Number(metadata.annotations?.[takerNote] ?? 0) || 0,
    after: after.safeParse(noted).data?.checksums ?? null,
  };
}

function verifiedIn(text: string | undefined, { checksum, id: listedAs }: ListedPoint): Head['verified'] {
  const said = manifest.safeParse(jsonOf(text));
  if (!said.success || said.data.id !== listedAs) return null;
  const { id, notes, parts, revision, takenAtMs } = said.data;
  const holds = [holdsText(parts), ...notes].join(', ');
  // It is read back as soon as it is written.
  const point = { id, revision, takenAtMs, verifiedAtMs: takenAtMs, checksum, holds };
  return { manifest: said.data, point };
}

/** `Deployment app, 2 ConfigMaps, 1 Secret, 4 kB`. */
function holdsText(parts: readonly PartEntry[]): string {
  const count = (kind: PartEntry['kind']): readonly string[] => {
    const found = parts.filter((part) => part.kind === kind).length;
    return found === 0 ? [] : [`${found} ${kind}${found === 1 ? '' : 's'}`];
  };
  const deployment = parts.filter(({ kind }) => kind === 'Deployment').map(partName);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return [...deployment, ...count('ConfigMap'), ...count('Secret'), sizeText(bytes)].join(', ');
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
