/**
 * A client that writes nothing: each write is put to the API server as a dry run, kept here, and answered from here from then on.
 *
 *   get, list ──► changed here? ──► as changed; else the server
 *   write ──► server (dryRun=All: admission answers) ──► kept, noted
 *              └─ not allowed, or changed here before ──► worked out here, noted
 */
import { type Asking, KubeClient, type KubeList, type Patch, type Query } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { kubeObject } from '../../kube/object.ts';
import { type KubeProblem, kubeProblem } from '../../kube/problem.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import { folders } from '../../workload/kubernetes/labels.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';
import { podsOf, slicesOf } from './made-pods.ts';
import { jsonPatched, mergePatched, type Operation } from './patched.ts';

export interface RehearsedWrite {
  /** When on the way. */
  readonly stage: string;
  readonly verb: 'create' | 'delete' | 'patch';
  /** Of the object, in the API. */
  readonly path: string;
  readonly kind: string;
  readonly fields: readonly FieldChange[];
  /** Why no admission answered; null: it did. */
  readonly unasked: string | null;
}

/** Beyond every version that the server gives. */
const firstVersion = 1e15;

export class RehearsedClient extends KubeClient {
  readonly writes: RehearsedWrite[] = [];
  stage = '';
  readonly #lists = new Map<string, readonly KubeObject[]>();
  /** By path; null: deleted. */
  readonly #changed = new Map<string, KubeObject | null>();
  #version = firstVersion;

  override async get(path: string): Asking<KubeObject> {
    const known = this.#changed.get(path);
    if (known === null) return failed(kubeProblem('NotFound', `${path} is deleted by then`));
    return known === undefined ? super.get(path) : ok(known);
  }

  override async list(path: string, { labelSelector = '' }: Query = {}): Asking<KubeList> {
    const all = await this.#all(path);
    if (!all.ok) return all;
    const pairs = labelSelector.split(',').filter((part) => part !== '');
    const isWanted = ({ metadata: { labels = {} } }: KubeObject): boolean =>
      pairs.every((pair) => labels[pair.split('=')[0] ?? ''] === pair.split('=')[1]);
    return ok({ version: '', objects: all.value.filter(isWanted) });
  }

  override async create(folder: string, body: unknown): Asking<KubeObject> {
    const { metadata } = body as KubeObject;
    const path = `${folder}/${metadata.name}`;
    const there = await this.get(path);
    if (there.ok) return failed(kubeProblem('AlreadyExists', `${path} exists`));
    const answered = await super.review(`${folder}?dryRun=All&fieldManager=sluice`, body);
    if (!answered.ok && !isNoRight(answered.error)) return answered;
    const made = answered.ok ? (answered.value as object) : (body as object);
    this.#note('create', path, { before: null, after: body as object, refused: answered });
    return this.#keep(path, made);
  }

  override async patch(path: string, patch: Patch): Asking<KubeObject> {
    const before = await this.get(path);
    if (!before.ok) return before;
    const local = applied(before.value, patch);
    if (!local.ok) return failed(kubeProblem('Invalid', `${path}: ${local.error}`));
    const isFirst = !this.#changed.has(path);
    const answered = isFirst ? await super.patch(`${path}?dryRun=All`, patch) : ok(local.value);
    if (!answered.ok && !isNoRight(answered.error)) return answered;
    const after = answered.ok ? answered.value : local.value;
    this.#note('patch', path, { before: before.value, after, refused: isFirst ? answered : changedBefore });
    return this.#keep(path, after);
  }

  /** No release writes whole objects, and none is to be written in earnest here. */
  override async replace(path: string): Asking<KubeObject> {
    return failed(kubeProblem('BadRequest', `${path}: a whole object can't be rehearsed`));
  }

  override async delete(path: string): Asking<void> {
    const before = await this.get(path);
    if (!before.ok) return before;
    this.#note('delete', path, { before: before.value, after: null, refused: ok(null) });
    this.#changed.set(path, null);
    return ok(undefined);
  }

  #keep(path: string, object: object): Asking<KubeObject> {
    this.#version += 1;
    const { metadata } = object as KubeObject;
    const { uid = path } = metadata as Partial<KubeObject['metadata']>;
    const kept = kubeObject.parse({
      ...object,
      metadata: { ...metadata, uid, resourceVersion: String(this.#version) },
    });
    this.#changed.set(path, kept);
    return Promise.resolve(ok(kept));
  }

  #note(verb: RehearsedWrite['verb'], path: string, { after, before, refused }: Noted): void {
    const fields = fieldChanges(before, after);
    const kind = ((after ?? before) as KubeObject).kind ?? path.split('/').at(-2) ?? '';
    // A stamp alone is written with something else.
    if (fields.length === 0) return;
    const unasked = refused.ok ? null : refused.error.message;
    this.writes.push({ stage: this.stage, verb, path, kind, fields, unasked });
  }

  /** As the server told it once, with what was changed here, and what the cluster would make of that. */
  async #all(path: string): Asking<readonly KubeObject[]> {
    const known = this.#lists.get(path);
    const listed = known === undefined ? await super.list(path) : ok({ version: '', objects: known });
    if (!listed.ok) return listed;
    this.#lists.set(path, listed.value.objects);
    const own = [...this.#changed].filter(([at]) => at.slice(0, at.lastIndexOf('/')) === path);
    const isChanged = ({ metadata }: KubeObject): boolean => this.#changed.has(`${path}/${metadata.name}`);
    const objects = [
      ...listed.value.objects.filter((object) => !isChanged(object)),
      ...own.flatMap(([, object]) => (object === null ? [] : [object])),
    ];
    return this.#madeOf(path, objects);
  }

  async #madeOf(path: string, objects: readonly KubeObject[]): Asking<readonly KubeObject[]> {
    const { deployments, pods, services, slices } = folders(/namespaces\/([^/]+)\//.exec(path)?.[1] ?? '');
    if (path === pods) {
      const all = await this.#all(deployments);
      return all.ok ? ok(podsOf(all.value, objects)) : all;
    }
    if (path !== slices) return ok(objects);
    const [behind, by] = [await this.#all(services), await this.#all(pods)];
    if (!behind.ok || !by.ok) return behind.ok ? by : behind;
    return ok(slicesOf(behind.value, by.value));
  }
}

interface Noted {
  readonly before: object | null;
  readonly after: object | null;
  readonly refused: Result<unknown, { readonly message: string }>;
}

/** A webhook or a quota answers 403, too: what they refuse, they would refuse the release. */
const isNoRight = ({ message, reason }: KubeProblem): boolean =>
  reason === 'Forbidden' && / cannot (\w+ resource "|set blockOwnerDeletion)/.test(message);

const changedBefore = failed({ message: 'it is changed by a write before this one' });

const applied = (object: KubeObject, { body, type }: Patch): Result<object, string> =>
  type === 'json'
    ? jsonPatched(object, body as readonly Operation[])
    : type === 'merge'
      ? ok(mergePatched(object, body) as object)
      : failed(`a patch of type ${type} can't be rehearsed`);
