/** Snapshots of a Deployment and of what its pods use, kept in the cluster beside them: ConfigMaps as ConfigMaps, Secrets as Secrets. */
import type { KubeObject } from '../kube/object.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type ComparedPart, compare, lookAt } from './kubernetes-compare.ts';
import { readCopies } from './kubernetes-copies.ts';
import { type Earlier, gather } from './kubernetes-gather.ts';
import { managerRemarks, managersOf } from './kubernetes-gitops.ts';
import { backupLabel, type Head, headKeys, partName, readHead } from './kubernetes-manifest.ts';
import { checksumOf } from './kubernetes-part.ts';
import { restoreParts } from './kubernetes-restore.ts';
import { maySecrets } from './kubernetes-rights.ts';
import { type FoundManager, readManagers, suspendAll } from './kubernetes-suspend.ts';
import { takeSnapshot } from './kubernetes-take.ts';
import { folderOf, type KubernetesBackupOptions, secretNames } from './kubernetes-world.ts';
import { broken, none, notEnded, otherTarget, unknownPoint } from './point-problems.ts';
import {
  outdated,
  type RestoreOrder,
  type RestorePlan,
  type RollbackPoint,
  type Snapshots,
  type Taking,
} from './snapshots.ts';

interface Chosen {
  readonly head: Head;
  readonly others: readonly Head[];
  readonly point: RollbackPoint;
  readonly parts: readonly ComparedPart[];
}

export class KubernetesSnapshots implements Snapshots {
  readonly #options: KubernetesBackupOptions;
  readonly #folder: string;

  constructor(options: KubernetesBackupOptions) {
    this.#options = options;
    this.#folder = folderOf(options.namespace, 'ConfigMap');
  }

  async points(): Promise<Result<readonly RollbackPoint[]>> {
    const heads = await this.#heads();
    return heads.ok ? ok(pointsOf(heads.value)) : heads;
  }

  async take(taking: Taking): Promise<Result<RollbackPoint>> {
    const { client, namespace, secrets } = this.#options;
    const delivered = await this.#options.delivered(taking.revision);
    if (!delivered.ok) return delivered;
    const names = secrets === 'included' ? secretNames(delivered.value?.template) : [];
    const allowed = await maySecrets(client, { namespace, names });
    if (!allowed.ok) return allowed;
    const heads = await this.#heads();
    if (!heads.ok) return heads;
    // What a take before this one left unfinished goes, with its copies.
    for (const draft of heads.value.filter(({ isFinished }) => !isFinished)) await this.#drop(draft);
    // Whoever keeps what is there now has done with a restore that got stuck before.
    const calledOff = await this.#callOff(heads.value);
    if (!calledOff.ok) return calledOff;
    const earlier = taking.before === undefined ? null : await this.#earlier(taking.revision, heads.value);
    const parts = await gather({ options: this.#options, taking, earlier });
    if (!parts.ok) return parts;
    const taken = await takeSnapshot(this.#options, { taking, parts: parts.value, managed: [] });
    if (taken.ok) await this.#prune();
    return taken;
  }

  async noteAfter(point: string, nowMs: number): Promise<Result<void>> {
    const found = await this.#found(point);
    if (!found.ok) return found;
    const { head, kept } = found.value;
    // A release that ended is told again, by a retry of it, when people may have changed what it left.
    if (head.after !== null) return ok(undefined);
    const checksums: Record<string, string> = {};
    for (const { entry, key } of kept) {
      const seen = await lookAt(this.#options, entry);
      if (!seen.ok) return seen;
      if (seen.value !== null) checksums[partName(entry)] = checksumOf(seen.value.content, key);
    }
    return this.#note(head, { [headKeys.after]: JSON.stringify({ atMs: nowMs, checksums }) });
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
    const { head, others, parts } = chosen.value;
    const managers = await readManagers(this.#options.client, managersOf(parts.filter(isDue)));
    if (!managers.ok) return managers;
    const calledOff = await this.#callOff(others);
    if (!calledOff.ok) return calledOff;
    const noted = await this.#note(head, { [headKeys.order]: JSON.stringify({ overwrite: order.overwrite }) });
    return this.#end(head, noted.ok ? await this.#carryOut(chosen.value, managers.value) : noted);
  }

  async #carryOut(chosen: Chosen, managers: readonly FoundManager[]): Promise<Result<RestorePlan>> {
    const remarks = await suspendAll(this.#options.client, managers);
    if (!remarks.ok) return remarks;
    const restored = await restoreParts(this.#options, chosen.parts);
    if (!restored.ok)
      return failed({ ...restored.error, message: [restored.error.message, ...remarks.value].join('; ') });
    const done = chosen.parts.map((part) => (isDue(part) ? { ...part, state: 'done' as const } : part));
    return ok({ ...planOf(chosen, done), remarks: remarks.value });
  }

  /** What got stuck goes on when a controller starts next; everything else that was told is over. */
  async #end(head: Head, carried: Result<RestorePlan>): Promise<Result<RestorePlan>> {
    if (!carried.ok && carried.error.reason === 'RestoreStuck') return carried;
    const over = await this.#note(head, { [headKeys.order]: null });
    return over.ok ? carried : failed(notEnded(carried, over.error));
  }

  /** No restore to any of them goes on by itself. */
  async #callOff(heads: readonly Head[]): Promise<Result<void>> {
    for (const head of heads.filter((each) => each.order !== null)) {
      const over = await this.#note(head, { [headKeys.order]: null });
      if (!over.ok) return over;
    }
    return ok(undefined);
  }

  async interrupted(): Promise<Result<RestoreOrder | null>> {
    const heads = await this.#heads();
    if (!heads.ok) return heads;
    const due = heads.value.find(({ order, verified }) => order !== null && verified !== null);
    return ok(due === undefined ? null : { to: due.verified?.point.id ?? null, overwrite: due.order ?? [] });
  }

  async #choose({ overwrite, to }: RestoreOrder): Promise<Result<Chosen>> {
    const found = await this.#found(to);
    if (!found.ok) return found;
    const { head, kept, others, point } = found.value;
    const parts = await compare(this.#options, kept, { after: head.after, overwrite });
    return parts.ok ? ok({ head, others, point, parts: parts.value }) : parts;
  }

  /** `id` null: the newest. Fails with `NoRollbackPoint` or `BackupAltered`. */
  async #found(id: string | null) {
    const heads = await this.#heads();
    if (!heads.ok) return heads;
    const points = pointsOf(heads.value);
    const wanted = id ?? points[0]?.id;
    if (wanted === undefined) return failed(none);
    const head = heads.value.find(({ verified }) => verified?.point.id === wanted);
    if (head?.verified === null || head === undefined) {
      // The name of a point ends as that of its object does.
      const isThere = heads.value.some(({ name }) => name.endsWith(`-${wanted.split('-').at(-1)}`));
      return failed(isThere ? broken(wanted) : unknownPoint(wanted, points));
    }
    const { manifest, point } = head.verified;
    const { deployment } = this.#options;
    const other = manifest.parts.find(({ kind, name }) => kind === 'Deployment' && name !== deployment);
    if (other !== undefined) return failed(otherTarget(point.id, { kept: other.name, deployment }));
    const kept = await readCopies(this.#options, manifest.parts);
    const others = heads.value.filter((each) => each !== head);
    return kept.ok ? ok({ head, others, point, manifest, kept: kept.value }) : kept;
  }

  async #earlier(revision: string, heads: readonly Head[]): Promise<Earlier | null> {
    const point = pointsOf(heads).find((each) => each.revision === revision);
    const head = heads.find(({ verified }) => point !== undefined && verified?.point.id === point.id);
    const kept = await readCopies(this.#options, head?.verified?.manifest.parts ?? []);
    return head === undefined || !kept.ok ? null : { kept: kept.value, after: head.after };
  }

  async #heads(): Promise<Result<readonly Head[]>> {
    const { client, policy } = this.#options;
    const listed = await client.list(this.#folder, { labelSelector: `${backupLabel}=${policy}` });
    return listed.ok ? ok(listed.value.objects.map((each: KubeObject) => readHead(each))) : listed;
  }

  /** null: the key goes. */
  async #note({ name }: Head, data: Readonly<Record<string, string | null>>): Promise<Result<void>> {
    const written = await this.#options.client.patch(`${this.#folder}/${name}`, { type: 'merge', body: { data } });
    return written.ok ? ok(undefined) : written;
  }

  /** What can't be deleted now is deleted after the next one. */
  async #prune(): Promise<void> {
    const heads = await this.#heads();
    if (!heads.ok) return;
    const gone = new Set(outdated(pointsOf(heads.value)).map(({ id }) => id));
    for (const head of heads.value) if (gone.has(head.verified?.point.id ?? '')) await this.#drop(head);
  }

  #drop({ name, uid }: Head) {
    return this.#options.client.delete(`${this.#folder}/${name}`, { uid, propagationPolicy: 'Background' });
  }
}

const isDue = ({ state }: ComparedPart): boolean => state === 'restore' || state === 'overwrite';

const pointsOf = (heads: readonly Head[]): readonly RollbackPoint[] =>
  heads
    .flatMap(({ verified }) => (verified === null ? [] : [verified.point]))
    .toSorted((a, b) => b.takenAtMs - a.takenAtMs);

const planOf = (
  { point }: Chosen,
  parts: readonly (Omit<ComparedPart, 'state'> & Pick<RestorePlan['items'][number], 'state'>)[],
): RestorePlan => ({
  point,
  items: parts.map(({ diff, name, state }) => ({ name, state, diff })),
  remarks: [],
});
