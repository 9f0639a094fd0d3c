/**
 * What a snapshot in a cluster says of itself, in a ConfigMap of its own: every object with its checksum, and where its copy is. Read strictly.
 *
 *   ConfigMap app-backup-3f2a91 (draft) ─► its copies ─► read back ─► manifest and its proof in it ─► a rollback point
 *        └── goes: its copies go with it
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { KubeObject } from '../kube/object.ts';
import { sizeText } from './files-manifest.ts';
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

const proof = z.strictObject({ atMs: z.number(), manifest: z.string() });

const after = z.strictObject({ atMs: z.number(), checksums: z.record(z.string(), z.string()) });

const order = z.strictObject({ overwrite: z.array(z.string()) });

/** Keys of the ConfigMap. */
export const headKeys = {
  manifest: 'manifest.json',
  proof: 'verified.json',
  after: 'after.json',
  order: 'restore.json',
} as const;

export const backupLabel = 'sluice.dev/backup';

export interface Head {
  /** Of the ConfigMap. */
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  /** null: it was never finished, or is not what was verified. */
  readonly verified: { readonly manifest: PartManifest; readonly point: RollbackPoint } | null;
  /** It says that it was finished once. */
  readonly isFinished: boolean;
  /** Checksums of how a release left everything, by part; null: nobody noted it. */
  readonly after: Readonly<Record<string, string>> | null;
  /** What an order under way may overwrite; null: none is. */
  readonly order: readonly string[] | null;
}

export const partName = ({ kind, name }: Pick<PartEntry, 'kind' | 'name'>): string => `${kind} ${name}`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function readHead({ metadata, ...object }: KubeObject): Head {
  const data = z.record(z.string(), z.string()).safeParse(object['data']).data ?? {};
  return {
    name: metadata.name,
    uid: metadata.uid,
    version: metadata.resourceVersion,
    verified: verifiedIn(data[headKeys.manifest], data[headKeys.proof]),
    isFinished: data[headKeys.manifest] !== undefined || data[headKeys.proof] !== undefined,
    after: after.safeParse(jsonOf(data[headKeys.after])).data?.checksums ?? null,
    order: order.safeParse(jsonOf(data[headKeys.order])).data?.overwrite ?? null,
  };
}

function verifiedIn(manifestText: string | undefined, proofText: string | undefined): Head['verified'] {
  const said = manifest.safeParse(jsonOf(manifestText));
  const shown = proof.safeParse(jsonOf(proofText));
  if (!said.success || !shown.success || shown.data.manifest !== sha256(manifestText ?? '')) return null;
  const { id, notes, parts, revision, takenAtMs } = said.data;
  const { atMs: verifiedAtMs, manifest: checksum } = shown.data;
  const holds = [holdsText(parts), ...notes].join(', ');
  return { manifest: said.data, point: { id, revision, takenAtMs, verifiedAtMs, checksum, holds } };
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
