/**
 * Snapshots of a Deployment and of what its pods use, kept in the cluster beside them: ConfigMaps as ConfigMaps, Secrets as Secrets; which of
 * them count stands in the policy's status.
 */
import { failed, ok, type Result } from '../lib/result.ts';
import { type ComparedPart, compare, lookAt } from './kubernetes-compare.ts';
import { readCopies } from './kubernetes-copies.ts';
import { type Earlier, gather } from './kubernetes-gather.ts';
import { managerRemarks, managersOf } from './kubernetes-gitops.ts';
import { backupLabel, type Head, headKeys, partName, readHead, sha256 } from './kubernetes-manifest.ts';
import { checksumOf } from './kubernetes-part.ts';
import { PointBook } from './kubernetes-point-book.ts';
import { restoreParts } from './kubernetes-restore.ts';
import { maySecrets } from './kubernetes-rights.ts';
import { startRemarks } from './kubernetes-start.ts';
import { type FoundManager, readManagers, suspendAll } from './kubernetes-suspend.ts';
import { type Taken, takeSnapshot } from './kubernetes-take.ts';
import { folderOf, type KubernetesBackupOptions, secretNames } from './kubernetes-world.ts';
import { notEnded, otherTarget } from './point-problems.ts';
import { type Found, provenHeads, provenPoint, provenPoints } from './proven-point.ts';
import {
  isNamed,
  outdated,
  type RestoreOrder,
  type RestorePlan,
  type RollbackPoint,
  type Snapshots,
  type Taking,
} from './snapshots.ts';

interface Chosen {
  readonly point: RollbackPoint;
  readonly parts: readonly ComparedPart[];
}

export class KubernetesSnapshots implements Snapshots {
  readonly #options: KubernetesBackupOptions;
  readonly #folder: string;
  readonly #book: PointBook;

  constructor(options: KubernetesBackupOptions) {
    this.#options = options;
    this.#folder = folderOf(options.namespace, 'ConfigMap');
    this.#book = new PointBook(options);
  }

  async points(): Promise<Result<readonly RollbackPoint[]>> {
    const found = await this.#find();
    return found.ok ? ok(provenPoints(found.value)) : found;
  }

  async take(taking: Taking): Promise<Result<RollbackPoint>> {
    const { client, namespace, secrets } = this.#options;
    const delivered = await this.#options.delivered(taking.revision);
    if (!delivered.ok) return delivered;
    const names = secrets === 'included' ? secretNames(delivered.value?.template) : [];
    const allowed = await maySecrets(client, { namespace, names });
    if (!allowed.ok) return allowed;
    const found = await this.#find();
    if (!found.ok) return found;
    // What a take before this one left unfinished, or unlisted, goes with its copies. What a later controller makes is not left.
    const isBefore = ({ isLeftOver, taker }: Head): boolean => isLeftOver && taker <= this.#options.epoch;
    for (const left of found.value.heads.filter(isBefore)) await this.#drop(left);
    // Whoever keeps what is there now has done with a restore that got stuck before.
    const calledOff = await this.#book.write((list) => ({ ...list, restore: null }));
    if (!calledOff.ok) return calledOff;
    const earlier = taking.before === undefined ? null : await this.#earlier(taking.revision, found.value);
    const parts = await gather({ options: this.#options, taking, earlier });
    if (!parts.ok) return parts;
    const taken = await takeSnapshot(this.#options, { taking, parts: parts.value, managed: [] });
    return taken.ok ? this.#list(taken.value, found.value) : taken;
  }

  /** From here on it counts; those that have to make way do not, and go. */
  async #list({ listed, point }: Taken, found: Found): Promise<Result<RollbackPoint>> {
    const before = provenPoints(found);
    const gone = new Set(outdated([point, ...before]).map(({ id }) => id));
    const kept = new Set(before.map(({ id }) => id).filter((id) => !gone.has(id)));
    const written = await this.#book.write((list) => ({
      ...list,
      points: [listed, ...list.points.filter(({ id }) => kept.has(id))],
    }));
    if (!written.ok) return written;
    // What can't be deleted now is left over, and is deleted by the next one.
    const own = found.list.points.filter(({ id }) => !kept.has(id)).map(({ uid }) => uid);
    for (const head of found.heads.filter(({ uid }) => own.includes(uid))) await this.#drop(head);
    return ok(point);
  }

  async noteAfter(point: string, nowMs: number): Promise<Result<void>> {
    const found = await this.#kept(point);
    if (!found.ok) return found;
    const { head, kept, list } = found.value;
    // A release that ended is told again, by a retry of it, when people may have changed what it left.
    if (list.points.some(({ after, id }) => id === point && after !== undefined)) return ok(undefined);
    const checksums: Record<string, string> = {};
    for (const { entry, key } of kept) {
      const seen = await lookAt(this.#options, entry);
      if (!seen.ok) return seen;
      if (seen.value !== null) checksums[partName(entry)] = checksumOf(seen.value.content, key);
    }
    const text = JSON.stringify({ atMs: nowMs, checksums });
    const body = { metadata: { uid: head.uid }, data: { [headKeys.after]: text } };
    const written = await this.#options.client.patch(`${this.#folder}/${head.name}`, { type: 'merge', body });
    if (!written.ok) return written;
    const after = sha256(text);
    const noted = await this.#book.write(({ points, restore }) => ({
      points: points.map((each) => (each.id === point ? { ...each, after } : each)),
      restore,
    }));
    return noted.ok ? ok(undefined) : noted;
  }

  async plan(order: RestoreOrder): Promise<Result<RestorePlan>> {
    const chosen = await this.#choose(order);
    if (!chosen.ok) return chosen;
    const { parts } = chosen.value;
    return ok({ ...planOf(chosen.value, parts), remarks: managerRemarks(managersOf(parts.filter(isDue))) });
  }

  async restore(order: RestoreOrder): Promise<Result<RestorePlan>> {
    const chosen = await this.#choose(order);
    if (!chosen.ok) return chosen;
    const { parts, point } = chosen.value;
    const managers = await readManagers(this.#options.client, managersOf(parts.filter(isDue)));
    if (!managers.ok) return managers;
    // Words that name no part of it say nothing to whoever goes on.
    const overwrite = order.overwrite.filter((word) => parts.some(({ name }) => isNamed(name, [word])));
    const restore = { point: point.id, overwrite: [...new Set(overwrite)] };
    const noted = await this.#book.write((list) => ({ ...list, restore }));
    return noted.ok ? this.#end(await this.#carryOut(chosen.value, managers.value)) : noted;
  }

  async #carryOut(chosen: Chosen, managers: readonly FoundManager[]): Promise<Result<RestorePlan>> {
    const remarks = await suspendAll(this.#options.client, managers);
    if (!remarks.ok) return remarks;
    const restored = await restoreParts(this.#options, chosen.parts);
    if (!restored.ok)
      return failed({ ...restored.error, message: [restored.error.message, ...remarks.value].join('; ') });
    const done = chosen.parts.map((part) => (isDue(part) ? { ...part, state: 'done' as const } : part));
    return ok({ ...planOf(chosen, done), remarks: [...remarks.value, ...(await this.#forPods(chosen))] });
  }

  /** What running pods do not see of it by themselves; by the template that came back, or was the same. */
  async #forPods({ parts, point }: Chosen): Promise<readonly string[]> {
    const { delivered, deployment, namespace } = this.#options;
    const known = await delivered(point.revision);
    const copied = known.ok ? (known.value?.config ?? []) : [];
    const target = parts.find(({ kept }) => kept.entry.kind === 'Deployment');
    const template = (target?.kept.content.spec['template'] ?? {}) as Readonly<Record<string, unknown>>;
    const back = parts.filter(isDue).map(({ kept: { entry } }) => entry);
    return startRemarks({ template, copied, parts: back, namespace, deployment });
  }

  /** What got stuck goes on when a controller starts next; everything else that was told is over. */
  async #end(carried: Result<RestorePlan>): Promise<Result<RestorePlan>> {
    if (!carried.ok && carried.error.reason === 'RestoreStuck') return carried;
    const over = await this.#book.write((list) => ({ ...list, restore: null }));
    return over.ok ? carried : failed(notEnded(carried, over.error));
  }

  async interrupted(): Promise<Result<RestoreOrder | null>> {
    const list = await this.#book.read();
    if (!list.ok) return list;
    const { restore } = list.value;
    return ok(restore === null ? null : { to: restore.point, overwrite: restore.overwrite });
  }

  async #choose({ overwrite, to }: RestoreOrder): Promise<Result<Chosen>> {
    const found = await this.#kept(to);
    if (!found.ok) return found;
    const { head, kept, point } = found.value;
    const parts = await compare(this.#options, kept, { after: head.after, overwrite });
    return parts.ok ? ok({ point, parts: parts.value }) : parts;
  }

  /** `id` null: the newest. Fails with `NoRollbackPoint` or `BackupAltered`. */
  async #kept(id: string | null) {
    const found = await this.#find();
    if (!found.ok) return found;
    const proven = provenPoint(id, found.value);
    if (!proven.ok) return proven;
    const { head, verified } = proven.value;
    const { manifest, point } = verified;
    const { deployment } = this.#options;
    const other = manifest.parts.find(({ kind, name }) => kind === 'Deployment' && name !== deployment);
    if (other !== undefined) return failed(otherTarget(point.id, { kept: other.name, deployment }));
    const kept = await readCopies(this.#options, manifest.parts);
    return kept.ok ? ok({ head, list: found.value.list, point, kept: kept.value }) : kept;
  }

  async #earlier(revision: string, found: Found): Promise<Earlier | null> {
    const earlier = provenHeads(found).find(({ verified }) => verified.point.revision === revision);
    if (earlier === undefined) return null;
    const kept = await readCopies(this.#options, earlier.verified.manifest.parts);
    return kept.ok ? { kept: kept.value, after: earlier.head.after } : null;
  }

  async #find(): Promise<Result<Found>> {
    const { client, policy } = this.#options;
    const list = await this.#book.read();
    if (!list.ok) return list;
    const listed = await client.list(this.#folder, { labelSelector: `${backupLabel}=${policy}` });
    if (!listed.ok) return listed;
    const heads = listed.value.objects.map((each) => readHead(each, list.value.points));
    return ok({ list: list.value, heads });
  }

  #drop({ name, uid }: Head) {
    return this.#options.client.delete(`${this.#folder}/${name}`, { uid, propagationPolicy: 'Background' });
  }
}

const isDue = ({ state }: ComparedPart): boolean => state === 'restore' || state === 'overwrite';

const planOf = (
  { point }: Chosen,
  parts: readonly (Omit<ComparedPart, 'state'> & Pick<RestorePlan['items'][number], 'state'>)[],
): RestorePlan => ({
  point,
  items: parts.map(({ diff, name, state }) => ({ name, state, diff })),
  remarks: [],
});
