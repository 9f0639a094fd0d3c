/** Copies of objects that a snapshot keeps, immutable, and read again before they count. */
import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../kube/client.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { backupLabel, type Head, type PartEntry, partName } from './kubernetes-manifest.ts';
import { bytesOf, type Content, checksumOf, contentOf, deploymentContent, type PartKind } from './kubernetes-part.ts';
import { folderOf } from './kubernetes-world.ts';

export interface Part {
  readonly kind: PartKind;
  readonly name: string;
  readonly content: Content;
  readonly labels: Readonly<Record<string, string>>;
}

export interface KeptPart {
  readonly entry: PartEntry;
  readonly content: Content;
  /** Of its checksums; empty: they are plain. */
  readonly key: string;
}

export interface CopyPlace {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly policy: string;
}

/** On a copy of a Secret: what its checksums are keyed with. */
const keyNote = 'sluice.dev/checksum-key';

/** On a copy of a Secret: of which type that is. */
const typeNote = 'sluice.dev/type';

const specKey = 'spec.json';

const copyKind = (kind: PartKind): PartKind => (kind === 'Secret' ? 'Secret' : 'ConfigMap');

export async function writeCopy(
  { client, namespace, policy }: CopyPlace,
  head: Pick<Head, 'name' | 'uid'> & { readonly index: number },
  { content, kind, labels, name }: Part,
): Promise<Result<PartEntry>> {
  const copy = `${head.name}-${head.index}`;
  const key = kind === 'Secret' ? randomBytes(16).toString('hex') : '';
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: head.name, uid: head.uid, controller: true };
  const { binaryData, data, spec } = content;
  const made = await client.create(folderOf(namespace, copyKind(kind)), {
    apiVersion: 'v1',
    kind: copyKind(kind),
    metadata: {
      name: copy,
      labels: { [`${backupLabel}-of`]: policy },
      ...(key === '' ? {} : { annotations: { [keyNote]: key, [typeNote]: content.type } }),
      ownerReferences: [owner],
    },
    immutable: true,
    // A copy of another type would have to hold what that type wants.
    ...(kind === 'Secret' ? { type: 'Opaque' } : {}),
    data: kind === 'Deployment' ? { [specKey]: JSON.stringify(spec) } : data,
    ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
  });
  if (!made.ok) return made;
  return ok({ kind, name, copy, labels, bytes: bytesOf(content), checksum: checksumOf(content, key) });
}

/** Fails with `BackupAltered` where it is not what was kept, or is gone. */
async function readCopy({ client, namespace }: CopyPlace, entry: PartEntry): Promise<Result<KeptPart>> {
  const read = await client.get(`${folderOf(namespace, copyKind(entry.kind))}/${entry.copy}`);
  if (!read.ok) return read.error.reason === 'NotFound' ? failed(altered(entry, 'gone')) : read;
  const { [keyNote]: key = '', [typeNote]: type = '' } = read.value.metadata.annotations ?? {};
  const held = contentOf(read.value);
  const content = entry.kind === 'Deployment' ? specIn(held.data[specKey]) : { ...held, type };
  if (content === null || checksumOf(content, key) !== entry.checksum) return failed(altered(entry, 'other'));
  return ok({ entry, content, key });
}

function specIn(text: string | undefined): Content | null {
  try {
    return deploymentContent(JSON.parse(text ?? '') as Content['spec']);
  } catch {
    return null;
  }
}

export async function readCopies(
  place: CopyPlace,
  entries: readonly PartEntry[],
): Promise<Result<readonly KeptPart[]>> {
  const kept: KeptPart[] = [];
  for (const entry of entries) {
    const read = await readCopy(place, entry);
    if (!read.ok) return read;
    kept.push(read.value);
  }
  return ok(kept);
}

const altered = (entry: PartEntry, how: 'gone' | 'other'): Problem => ({
  reason: 'BackupAltered',
  message: `the copy of ${partName(entry)}, ${copyKind(entry.kind)} ${entry.copy}, ${how === 'gone' ? 'is gone' : 'is not what was verified'}: this point can not be trusted, nothing was written; choose another one with --to`,
  retryable: false,
});
