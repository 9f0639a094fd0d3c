/** A snapshot in a cluster against the objects of now: what is the same, what the release changed, and what somebody changed after it. */
import type { KubeObject } from '../kube/object.ts';
import { ok, type Result } from '../lib/result.ts';
import type { KeptPart } from './kubernetes-copies.ts';
import { type Head, partName } from './kubernetes-manifest.ts';
import { type Content, checksumOf, contentDiff, contentOf, deploymentContent } from './kubernetes-part.ts';
import { folderOf, type KubernetesBackupOptions, rollingOf } from './kubernetes-world.ts';
import { isNamed, type RestoreItem } from './snapshots.ts';

export interface ComparedPart extends RestoreItem {
  readonly kept: KeptPart;
  /** Checksum of now; null: it is not there. */
  readonly now: string | null;
  /** The object of now; null: it is not there. */
  readonly object: KubeObject | null;
}

type Place = Pick<KubernetesBackupOptions, 'client' | 'namespace' | 'template'>;

/** What people wrote in an object of now; null: it is not there. */
export async function lookAt(
  { client, namespace, template }: Place,
  { kind, name }: KeptPart['entry'],
): Promise<Result<{ readonly object: KubeObject; readonly content: Content } | null>> {
  const read = await client.get(`${folderOf(namespace, kind)}/${name}`);
  if (!read.ok) return read.error.reason === 'NotFound' ? ok(null) : read;
  const object = read.value;
  if (kind !== 'Deployment') return ok({ object, content: contentOf(object) });
  return ok({ object, content: deploymentContent({ ...rollingOf(object), template: template.of(object) }) });
}

export async function compare(
  place: Place,
  kept: readonly KeptPart[],
  { after, overwrite }: { readonly after: Head['after']; readonly overwrite: readonly string[] },
): Promise<Result<readonly ComparedPart[]>> {
  const parts: ComparedPart[] = [];
  for (const each of kept) {
    const seen = await lookAt(place, each.entry);
    if (!seen.ok) return seen;
    const { content = null, object = null } = seen.value ?? {};
    const now = content === null ? null : checksumOf(content, each.key);
    const name = partName(each.entry);
    const compared = { name, kept: each, now, object };
    if (now === each.entry.checksum) parts.push({ ...compared, state: 'same', diff: [] });
    // What else it was, and who owns it, is in Git or nowhere.
    else if (each.entry.kind === 'Deployment' && content === null)
      parts.push({ ...compared, state: 'conflict', diff: ['is gone: apply it, then its template can come back'] });
    else {
      const diff = contentDiff(each.entry.kind, content, each.content);
      parts.push({ ...compared, state: stateOf(name, now, { after, overwrite }), diff });
    }
  }
  return ok(parts);
}

/** What is as the release left it is the release's; everything else was changed by somebody after it. */
function stateOf(
  name: string,
  now: string | null,
  { after, overwrite }: { readonly after: Head['after']; readonly overwrite: readonly string[] },
): RestoreItem['state'] {
  if (after !== null && (after[name] ?? null) === now) return 'restore';
  return isNamed(name, overwrite) ? 'overwrite' : 'conflict';
}
