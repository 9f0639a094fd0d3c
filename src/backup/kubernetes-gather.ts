/** What a revision is made of in a cluster, object by object: as it was for that revision, though another one may be asked for already. */
import type { KubeObject } from '../kube/object.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { sizeText } from './files-manifest.ts';
import type { KeptPart, Part } from './kubernetes-copies.ts';
import { partName } from './kubernetes-manifest.ts';
import { bytesOf, checksumOf, contentOf, deploymentContent, type PartKind } from './kubernetes-part.ts';
import {
  type Delivered,
  folderOf,
  isControlled,
  type KubernetesBackupOptions,
  rollingOf,
  secretNames,
} from './kubernetes-world.ts';
import type { Taking } from './snapshots.ts';

/** The newest snapshot of the same revision. */
export interface Earlier {
  readonly kept: readonly KeptPart[];
  /** Checksums of how a release left everything, by part; null: nobody noted it. */
  readonly after: Readonly<Record<string, string>> | null;
}

interface Gathering {
  readonly options: KubernetesBackupOptions;
  readonly taking: Taking;
  /** null: there is none, or what is there now counts. */
  readonly earlier: Earlier | null;
}

interface Place {
  readonly kind: PartKind;
  readonly name: string;
  /** Name of the object that has it: a revision has copies of its own of what is delivered with it. */
  readonly at: string;
}

const mostParts = 50;
const mostBytes = 8_000_000;

/** Fails with `TargetMissing`, `RevisionForgotten`, `BackupTooLarge`, or as the API server refuses. */
export async function gather(gathering: Gathering): Promise<Result<readonly Part[]>> {
  const { options, taking } = gathering;
  const delivered = await options.delivered(taking.revision);
  if (!delivered.ok) return delivered;
  if (delivered.value === null) return failed(forgotten(taking.revision));
  const places = placesOf(options, delivered.value, taking.revision);
  if (places.length > mostParts) return failed(tooMany(options.deployment));
  const target = await deploymentPart(gathering, delivered.value);
  if (!target.ok) return target;
  const parts: Part[] = [target.value];
  for (const place of places) {
    const found = await partAt(gathering, place);
    if (!found.ok) return found;
    if (found.value !== null) parts.push(found.value);
  }
  const bytes = parts.reduce((sum, { content }) => sum + bytesOf(content), 0);
  return bytes > mostBytes ? failed(tooLarge(options.deployment)) : ok(parts);
}

function placesOf(
  { secrets, template: words }: KubernetesBackupOptions,
  { config, template }: Delivered,
  revision: string,
): readonly Place[] {
  const maps = words.configNames(template).map(
    (name): Place => ({
      kind: 'ConfigMap',
      name,
      at: config.includes(name) ? words.copyName(name, revision) : name,
    }),
  );
  const named = secrets === 'included' ? secretNames(template) : [];
  return [...maps, ...named.map((name): Place => ({ kind: 'Secret', name, at: name }))];
}

/** Its template is the revision's; how it rolls is no part of a revision. */
async function deploymentPart(
  { earlier, options: { client, deployment, namespace } }: Gathering,
  { template }: Delivered,
): Promise<Result<Part>> {
  const known = earlierPart(earlier, { kind: 'Deployment', name: deployment });
  if (known !== null) return ok(partOf(known));
  const read = await client.get(`${folderOf(namespace, 'Deployment')}/${deployment}`);
  if (!read.ok) return read;
  const spec = { ...rollingOf(read.value), template };
  return ok({ kind: 'Deployment', name: deployment, content: deploymentContent(spec), labels: {} });
}

/** null: it is not there, or another controller renews it, and a restore would take that back. */
async function partAt({ earlier, options, taking }: Gathering, place: Place): Promise<Result<Part | null>> {
  const { kind, name, at } = place;
  const isCopy = at !== name;
  const read = await options.client.get(`${folderOf(options.namespace, kind)}/${at}`);
  const known = isCopy ? null : earlierPart(earlier, place);
  if (!read.ok) {
    if (read.error.reason !== 'NotFound') return read;
    // A revision's copy is always there; what the push itself deleted was there before.
    return isCopy ? partAt({ earlier, options, taking }, { ...place, at: name }) : ok(known && partOf(known));
  }
  if (!isCopy && (isControlled(read.value) || read.value['type'] === accountToken)) return ok(null);
  const content = contentOf(read.value);
  if (known !== null && isOfRelease(read.value, known, { earlier, taking })) return ok(partOf(known));
  return ok({ kind, name, content, labels: isCopy ? {} : (read.value.metadata.labels ?? {}) });
}

const accountToken = 'kubernetes.io/service-account-token';

const earlierPart = (earlier: Earlier | null, { kind, name }: Pick<Part, 'kind' | 'name'>): KeptPart | null =>
  earlier?.kept.find(({ entry }) => entry.kind === kind && entry.name === name) ?? null;

const partOf = ({ content, entry: { kind, labels, name } }: KeptPart): Part => ({ kind, name, content, labels });

/** It came with what the release delivers: changed just now, or by a release of it before, which was taken back. */
function isOfRelease(
  object: KubeObject,
  { entry, key }: KeptPart,
  { earlier, taking }: Pick<Gathering, 'earlier' | 'taking'>,
): boolean {
  const checksum = checksumOf(contentOf(object), key);
  if (checksum === entry.checksum || taking.before === undefined) return false;
  const isRecent = taking.nowMs - changedAtMs(object) < taking.before.changedWithinMs;
  return isRecent || earlier?.after?.[partName(entry)] === checksum;
}

/** When somebody else wrote it last, as the API server noted; never, where it did not. */
const changedAtMs = ({ metadata }: KubeObject): number =>
  Math.max(
    Number.NEGATIVE_INFINITY,
    ...(metadata.managedFields ?? [])
      .filter(({ manager, time }) => manager !== 'sluice' && time !== undefined)
      .map(({ time }) => Date.parse(time ?? '')),
  );

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: true });

const forgotten = (revision: string): Problem =>
  problem('RevisionForgotten', `nobody knows any more what revision ${revision} was made from`);

const tooMany = (deployment: string): Problem =>
  problem('BackupTooLarge', `Deployment ${deployment} names more than ${mostParts} ConfigMaps and Secrets`);

const tooLarge = (deployment: string): Problem =>
  problem('BackupTooLarge', `what Deployment ${deployment} uses is more than ${sizeText(mostBytes)}`);
