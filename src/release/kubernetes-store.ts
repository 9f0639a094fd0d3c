/** The store of the operator: a Release and a ReleasePolicy keep their records in their own status, where people see them. */
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ClusterView } from '../kube/view.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { HistoryBound } from './history-bound.ts';
import { type Journalled, noLooks } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import { KnownReleases } from './known-releases.ts';
import { forgetOld } from './kubernetes-forget.ts';
import { listReleases } from './kubernetes-list.ts';
import { lastLines, moveOut, statusLogOf, thinOut, withLines } from './kubernetes-log.ts';
import { KubernetesLooks } from './kubernetes-looks.ts';
import { ownersOf } from './kubernetes-owned.ts';
import { closed, conflict, noPolicy, outOfOffice, unheard } from './kubernetes-problem.ts';
import { recordOf, writeStatus } from './kubernetes-record.ts';
import { endedOf, serialOf, statusOf, versionIn } from './kubernetes-status.ts';
import type { LogEntry } from './log.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import type { PolicyState, Store, Unreadable } from './store.ts';
import { storedPolicy, storedRelease } from './stored.ts';

export interface KubernetesStoreOptions extends HistoryBound {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Of the election that made this controller the one that writes. */
  readonly epoch: number;
  /** Whether it still is: asked before each write. */
  readonly holds: () => boolean;
  /** Of ReleasePolicies, where they are watched: then a look at one's state costs nothing. */
  readonly view?: Pick<ClusterView, 'learn' | 'list'>;
}

const group = '/apis/sluice.dev/v1alpha1';

type Filter = Parameters<Store['releases']>[0];

/**
 *   save ──► holds? ──► (new: make the object) ──► old lines into ConfigMaps ──► status on the version read ──► forget old
 *                                                                                  └─ another record there: Conflict
 */
export class KubernetesStore implements Store {
  readonly epoch: number;
  readonly #options: KubernetesStoreOptions;
  readonly #known = new KnownReleases();
  /** Releases under way by path, as our last write was answered: a write on an older version is refused. */
  readonly #written = new Map<string, KubeObject>();
  readonly #looks: KubernetesLooks;
  readonly #namespace: string;
  #closed = false;

  constructor(options: KubernetesStoreOptions) {
    this.#options = options;
    this.epoch = options.epoch;
    this.#namespace = `${group}/namespaces/${options.namespace}`;
    this.#looks = new KubernetesLooks(options.client, this.#configMaps);
  }

  async release(id: string): Promise<Result<Release | null>> {
    const object = await this.#object(this.#releasePath(id));
    if (!object.ok) return object;
    const record = object.value === null ? null : recordOf(object.value);
    if (record === null) return ok(null);
    const release = storedRelease(record, id);
    if (release.ok) this.#known.found(release.value);
    return release;
  }

  async releases({ policy, active, limit = Infinity }: Filter): Promise<Result<readonly Release[]>> {
    const known = this.#closed ? null : this.#known.answer({ policy, active, limit }, performance.now());
    if (known !== null) return ok(known);
    const { writes } = this.#known;
    const all = await this.#all();
    if (!all.ok) return all;
    const read = all.value.map(({ object, record }) => storedRelease(record, object.metadata.name));
    const listed = read.flatMap((each) => (each.ok ? [each.value] : []));
    this.#known.listed(listed, writes, performance.now());
    const wanted = (release: Release): boolean =>
      (policy === undefined || release.policy === policy) && (active === undefined || !isOver(release));
    return ok(listed.filter(wanted).slice(0, limit));
  }

  async save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>> {
    const saved = await this.#save(release, log);
    if (saved.ok) this.#known.saved(saved.value);
    else this.#known.doubt();
    if (!saved.ok || isOver(release)) this.#written.delete(this.#releasePath(release.id));
    return saved;
  }

  async #save(release: Release, log: readonly LogEntry[]): Promise<Result<Release>> {
    const object =
      release.version === 0 ? await this.#made(release) : await this.#toWrite(this.#releasePath(release.id));
    if (!object.ok) return object;
    if (object.value === null || versionIn(object.value) !== release.version)
      return failed(conflict(`release ${release.id}`, release.version));
    const saved = { ...release, version: release.version + 1 };
    const { kept, moved } = withLines(statusLogOf(object.value), log);
    const out = await moveOut(this.#shelf(object.value), moved);
    if (!out.ok) return out;
    const written = await writeStatus(this.#options.client, {
      path: this.#releasePath(release.id),
      object: object.value,
      status: { ...statusOf(saved, object.value), ...kept },
    });
    if (!written.ok) return failed(named(written.error, `release ${release.id}`, release.version));
    this.#written.set(this.#releasePath(release.id), written.value);
    if (moved.log.length > 0) await thinOut(this.#shelf(written.value));
    if (isOver(saved)) await this.#end(saved);
    return ok(saved);
  }

  async policy(name: string): Promise<Result<PolicyState | null>> {
    const object = await this.#policyObject(name);
    if (!object.ok) return object;
    const record = object.value === null ? null : recordOf(object.value);
    return record === null ? ok(null) : storedPolicy(record, name);
  }

  /** null: there is none. */
  #policyObject(name: string): Promise<Result<KubeObject | null>> {
    const listed = this.#closed ? undefined : this.#options.view?.list(`${this.#namespace}/releasepolicies`);
    const heard = listed?.ok === true ? listed.value.find(({ metadata }) => metadata.name === name) : undefined;
    return heard === undefined ? this.#object(this.#policyPath(name)) : Promise.resolve(ok(heard));
  }

  async savePolicy(state: PolicyState): Promise<Result<PolicyState>> {
    const path = this.#policyPath(state.policy);
    const object = await this.#toWrite(path);
    if (!object.ok) return object;
    if (object.value === null) return failed(noPolicy(state.policy));
    if (versionIn(object.value) !== state.version) return failed(conflict(`policy ${state.policy}`, state.version));
    const saved = { ...state, version: state.version + 1 };
    const stable = saved.stable === null ? {} : { stable: saved.stable };
    const status = { record: JSON.stringify(saved), ...stable, epoch: this.epoch };
    const written = await writeStatus(this.#options.client, { path, object: object.value, status });
    if (!written.ok) return failed(named(written.error, `policy ${state.policy}`, state.version));
    this.#options.view?.learn(`${this.#namespace}/releasepolicies`, written.value);
    return ok(saved);
  }

  async log(release: string, last = 1_000): Promise<Result<readonly LogEntry[]>> {
    const object = await this.#object(this.#releasePath(release));
    if (!object.ok) return object;
    return object.value === null ? ok([]) : lastLines(this.#shelf(object.value), last);
  }

  async note(release: string, span: JournalSpan): Promise<Result<void>> {
    const object = await this.#toWrite(this.#releasePath(release));
    if (!object.ok) return object;
    return object.value === null ? failed(unheard(release)) : this.#looks.note(object.value, span);
  }

  async journal(release: string): Promise<Result<Journalled>> {
    const object = await this.#object(this.#releasePath(release));
    if (!object.ok) return object;
    return object.value === null ? ok(noLooks) : this.#looks.read(object.value);
  }

  async unreadable(): Promise<Result<readonly Unreadable[]>> {
    const all = await this.#all();
    if (!all.ok) return all;
    return ok(
      all.value.flatMap(({ object, record }): Unreadable[] => {
        const id = object.metadata.name;
        const read = storedRelease(record, id);
        const { policy = '' } = object['spec'] as { readonly policy?: string };
        return read.ok ? [] : [{ id, policy, problem: read.error }];
      }),
    );
  }

  async close(): Promise<void> {
    if (!this.#closed && this.#options.holds()) await this.#looks.close();
    this.#closed = true;
  }

  /** The object of a new release, made before its record: one that a crash left without a record is taken up. */
  async #made({ id, mode, policy, revision, startedBy }: Release): Promise<Result<KubeObject | null>> {
    const objection = this.#objection();
    if (objection !== null) return failed(objection);
    // Foreground deletion takes what is owned at once: what is delivered ends first, and goes with the finalizer.
    const owner = mode === 'observe' ? await this.#policyObject(policy) : ok(null);
    if (!owner.ok) return owner;
    const made = await this.#options.client.create(`${this.#namespace}/releases`, {
      ...{ apiVersion: 'sluice.dev/v1alpha1', kind: 'Release', metadata: { name: id, ...ownersOf(owner.value) } },
      spec: { policy, revision, startedBy },
    });
    const isThere = !made.ok && (made.error.reason === 'AlreadyExists' || made.error.reason === 'Unknown');
    return isThere ? this.#object(this.#releasePath(id)) : made;
  }

  async #end({ id, policy }: Release): Promise<void> {
    await this.#looks.ended(id);
    const all = await this.#all();
    if (all.ok) await forgetOld(this.#options, `${this.#namespace}/releases`, endedOf(policy, all.value));
  }

  /** With a record, newest first. */
  async #all(): Promise<Result<readonly { readonly object: KubeObject; readonly record: string }[]>> {
    if (this.#closed) return failed(closed);
    const listed = await listReleases(this.#options, `${this.#namespace}/releases`);
    if (!listed.ok) return listed;
    const kept = listed.value.map((object) => ({ object, record: recordOf(object) }));
    return ok(
      kept
        .flatMap(({ object, record }) => (record === null ? [] : [{ object, record }]))
        .toSorted((a, b) => serialOf(b.object) - serialOf(a.object)),
    );
  }

  #toWrite(path: string): Promise<Result<KubeObject | null>> {
    const objection = this.#objection();
    if (objection !== null) return Promise.resolve(failed(objection));
    const written = this.#written.get(path);
    return written === undefined ? this.#object(path) : Promise.resolve(ok(written));
  }

  async #object(path: string): Promise<Result<KubeObject | null>> {
    if (this.#closed) return failed(closed);
    const read = await this.#options.client.get(path);
    if (read.ok) return read;
    return read.error.reason === 'NotFound' ? ok(null) : read;
  }

  #objection(): Problem | null {
    if (this.#closed) return closed;
    return this.#options.holds() ? null : outOfOffice;
  }

  #shelf(release: KubeObject) {
    return { client: this.#options.client, folder: this.#configMaps, release };
  }

  get #configMaps(): string {
    return `/api/v1/namespaces/${this.#options.namespace}/configmaps`;
  }

  #releasePath(id: string): string {
    return `${this.#namespace}/releases/${id}`;
  }

  #policyPath(name: string): string {
    return `${this.#namespace}/releasepolicies/${name}`;
  }
}

const named = (problem: Problem, what: string, read: number): Problem =>
  problem.reason === 'Conflict' ? conflict(what, read) : problem;
