/** A server that keeps objects as the API server of Kubernetes does: versions, conditions of writes, JSON patches, and faults on demand. */
import { isDeepStrictEqual } from 'node:util';
import { aList, aStatus, type KubeCall, type KubeServer, startKubeServer } from './kube-server.ts';

export interface StoredObject {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly [field: string]: unknown;
}

export type Fault =
  /** The next write lands, its answer does not. */
  | 'answerLost'
  /** The next write is not carried out, and not answered. */
  | 'lost'
  /** The next write lands when `land()` is called; nobody is told. */
  | 'late';

export interface KubeObjects {
  readonly server: KubeServer;
  put(path: string, object: object): StoredObject;
  at(path: string): StoredObject;
  remove(path: string): void;
  fault(next: Fault): void;
  /** Carries out what was late. */
  land(): void;
  /** Called before every write is carried out; what it changes is there first. */
  before: (call: KubeCall) => void;
  /** Answers of reviews of what the caller may do. */
  allows: (attributes: Readonly<Record<string, string>>) => boolean;
  /** Methods and paths of the writes that were accepted. */
  readonly accepted: readonly string[];
}

/** What the server answers instead. */
export class Refused extends Error {
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

const modified = (): Refused => new Refused(409, 'Conflict', 'the object has been modified');

export async function startKubeObjects(): Promise<KubeObjects> {
  const objects = new Map<string, StoredObject>();
  const accepted: string[] = [];
  let version = 100;
  const faults: Fault[] = [];
  let late: (() => void)[] = [];

  const put = (path: string, object: object): StoredObject => {
    const given = object as StoredObject;
    const name = path.split('/').at(-1) ?? '';
    const uid = objects.get(path)?.metadata.uid ?? `uid-${++version}`;
    const stored = { ...given, metadata: { ...given.metadata, name, uid, resourceVersion: String(++version) } };
    objects.set(path, stored);
    return stored;
  };
  const at = (path: string): StoredObject => {
    const found = objects.get(path);
    if (found === undefined) throw new Refused(404, 'NotFound', `${path} not found`);
    return found;
  };
  const carryOut = ({ method, path: asked, body, headers }: KubeCall): unknown => {
    const given = body === '' ? null : (JSON.parse(body) as unknown);
    const path = asked.replace(/\/status$/, '');
    if (path.endsWith('accessreviews')) {
      const { spec } = given as { readonly spec: { readonly resourceAttributes: Readonly<Record<string, string>> } };
      return { status: { allowed: store.allows(spec.resourceAttributes) } };
    }
    if (method === 'POST') {
      const made = `${path}/${(given as StoredObject).metadata.name}`;
      if (objects.has(made)) throw new Refused(409, 'AlreadyExists', `${made} exists`);
      return put(made, given as object);
    }
    const before = at(path);
    if (method === 'DELETE') return objects.delete(path);
    if (headers['content-type']?.startsWith('application/merge-patch') === true) {
      const after = merged(before, given) as StoredObject;
      if (after.metadata.resourceVersion !== before.metadata.resourceVersion) throw modified();
      return put(path, asked === path ? after : { ...before, status: after['status'] });
    }
    if (method === 'PATCH') return put(path, patched(before, given as readonly Operation[]));
    const { metadata, status } = given as {
      readonly metadata: Partial<StoredObject['metadata']>;
      readonly status?: unknown;
    };
    const { resourceVersion = before.metadata.resourceVersion } = metadata;
    if (resourceVersion !== before.metadata.resourceVersion) throw modified();
    // As with a status subresource: neither half is written with the other.
    if (asked !== path) return put(path, { ...before, status });
    return put(
      path,
      before['status'] === undefined ? (given as object) : { ...(given as object), status: before['status'] },
    );
  };
  const write = (call: KubeCall): unknown => {
    store.before(call);
    const done = carryOut(call);
    accepted.push(`${call.method} ${call.path}`);
    return done;
  };
  const listed = (path: string, selector: string | null): readonly StoredObject[] =>
    [...objects]
      .filter(([each]) => each.slice(0, each.lastIndexOf('/')) === path)
      .map(([, object]) => object)
      .filter((object) => isSelected(object, selector));

  const answer = (call: KubeCall): void => {
    // A watch that tells nothing: what is kept by one must not rest on it.
    if (call.query.get('watch') !== null) return call.response.writeHead(200).flushHeaders();
    if (call.method === 'GET')
      return call.json(
        200,
        objects.get(call.path) ?? aList(version, listed(call.path, call.query.get('labelSelector'))),
      );
    const fault = faults.shift();
    if (fault === 'lost') return;
    if (fault === 'late') return void late.push(() => void write(call));
    const done = write(call);
    if (fault === undefined) call.json(200, done);
  };
  const server = await startKubeServer((call) => {
    try {
      if (call.method === 'GET' && !isFolder(call.path)) at(call.path);
      answer(call);
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(500, 'InternalError', String(error));
      call.json(refused.code, aStatus(refused.code, refused.reason, refused.message));
    }
  });
  const store: KubeObjects = {
    server,
    put,
    at,
    remove: (path) => void objects.delete(path),
    fault: (next) => void faults.push(next),
    land: () => {
      const landing = late;
      late = [];
      for (const each of landing) {
        try {
          each();
        } catch {
          // Nobody hears that it was refused.
        }
      }
    },
    before: () => undefined,
    allows: () => true,
    accepted,
  };
  return store;
}

/** A path with an even number of steps after the group's version names a kind, not an object. */
const isFolder = (path: string): boolean => {
  const steps = path.split('/').slice(path.startsWith('/api/') ? 3 : 4);
  return steps.length % 2 === 1;
};

const isSelected = ({ metadata }: StoredObject, selector: string | null): boolean =>
  (selector ?? '').split(',').every((term) => {
    const [key = '', wanted] = term.split('=');
    const found = ((metadata['labels'] ?? {}) as Readonly<Record<string, string>>)[key];
    return key === '' || (found !== undefined && (wanted === undefined || wanted === found));
  });

/** JSON merge patch. */
function merged(before: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const known = (typeof before === 'object' && before !== null ? before : {}) as Readonly<Record<string, unknown>>;
  const changes = Object.entries(change).map(([key, value]: [string, unknown]) => [key, merged(known[key], value)]);
  const all = { ...known, ...Object.fromEntries(changes) } as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

interface Operation {
  readonly op: 'test' | 'add' | 'remove';
  readonly path: string;
  readonly value: unknown;
}

function patched(object: StoredObject, operations: readonly Operation[]): object {
  const copy = structuredClone(object) as unknown as Record<string, unknown>;
  for (const { op, path, value } of operations) {
    const steps = path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop() ?? '';
    let parent: unknown = copy;
    for (const step of steps) parent = (parent as Record<string, unknown> | undefined)?.[step];
    const inside = parent as Record<string, unknown> | undefined;
    const fails = inside === undefined || (op === 'test' && !isDeepStrictEqual(inside[last], value));
    if (fails) throw new Refused(422, 'Invalid', 'the server rejected our request due to an error in our request');
    if (op === 'add') inside[last] = value;
    if (op === 'remove') Reflect.deleteProperty(inside, last);
  }
  return copy;
}
