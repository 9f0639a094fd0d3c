/** Suspends GitOps managers before a restore writes what they apply: all are read first, and each remembers itself what it did before. */
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { apis, type GitOpsManager, type Managers, managerText } from './kubernetes-gitops.ts';

type Json = Readonly<Record<string, unknown>>;

/** A manager as it was read. */
export interface FoundManager {
  readonly manager: GitOpsManager;
  /** null: there is none. */
  readonly object: KubeObject | null;
}

/** On a suspended manager: what it applied by itself before, written together with that. */
const suspendedNote = 'sluice.dev/suspended';

/** A write that meets one of the manager itself is tried again. */
const tries = 3;

const pathOf = ({ kind, name, namespace }: GitOpsManager): string => {
  const { group, resource, version } = apis[kind];
  return `/apis/${group}/${version}/namespaces/${namespace}/${resource}/${name}`;
};

const at = (of: unknown, ...words: readonly string[]): unknown =>
  words.reduce<unknown>((found, word) => (found as Json | null | undefined)?.[word], of);

/** What it applies by itself; null: nothing, it is suspended. */
function activeIn(kind: GitOpsManager['kind'], object: KubeObject): unknown {
  if (kind === 'Application') return at(object, 'spec', 'syncPolicy', 'automated') ?? null;
  return at(object, 'spec', 'suspend') === true ? null : {};
}

/** Writes nothing. Fails with `GitOpsNotSuspended` where one can't be read, or is not known. */
export async function readManagers(
  client: KubeClient,
  { known, unknown }: Managers,
): Promise<Result<readonly FoundManager[]>> {
  if (unknown.length > 0) return failed(notKnown(unknown));
  const found: FoundManager[] = [];
  for (const manager of known) {
    const read = await client.get(pathOf(manager));
    if (read.ok) found.push({ manager, object: read.value });
    else if (read.error.reason !== 'NotFound') return failed(unread(manager, read.error));
    else {
      // What is not there applies nothing; what is served in another version, or not at all, may.
      const { group, version } = apis[manager.kind];
      const served = await client.text(`/apis/${group}/${version}`);
      if (!served.ok) return failed(unread(manager, served.error));
      found.push({ manager, object: null });
    }
  }
  return ok(found);
}

/** Answers what is to be done in Git, and resumed after that. Fails with `GitOpsNotSuspended`, and tells then which are suspended already. */
export async function suspendAll(
  client: KubeClient,
  found: readonly FoundManager[],
): Promise<Result<readonly string[]>> {
  const remarks: string[] = [];
  for (const { manager, object } of found) {
    if (object === null) {
      remarks.push(`${managerText(manager)} is not there: nothing was suspended for it`);
      continue;
    }
    const done = await suspend(client, manager, object);
    // Without an answer it may be suspended all the same.
    if (done.ok || done.error.reason === 'Unknown') remarks.push(afterwards(manager, object));
    if (!done.ok) return failed(notSuspended(manager, done.error, remarks));
  }
  return ok(remarks);
}

/** Only as long as it is what was read. */
async function suspend(
  client: KubeClient,
  manager: GitOpsManager,
  read: KubeObject,
): Promise<Result<void, KubeProblem>> {
  const active = activeIn(manager.kind, read);
  if (active === null) return ok(undefined);
  const spec = manager.kind === 'Application' ? { syncPolicy: { automated: null } } : { suspend: true };
  const annotations = { [suspendedNote]: JSON.stringify(active) };
  let { resourceVersion } = read.metadata;
  for (let left = tries; ; left--) {
    const body = { metadata: { resourceVersion, annotations }, spec };
    const written = await client.patch(pathOf(manager), { type: 'merge', body });
    if (written.ok) return ok(undefined);
    if (written.error.reason !== 'Conflict' || left === 1) return written;
    const again = await client.get(pathOf(manager));
    if (!again.ok || JSON.stringify(activeIn(manager.kind, again.value)) !== JSON.stringify(active)) return written;
    ({ resourceVersion } = again.value.metadata);
  }
}

/** Where it takes what it applies from: in the order of Argo CD with one source and with several, and of Flux. */
const sources = [
  'source.repoURL',
  'sources.0.repoURL',
  'sourceRef.name',
  'chartRef.name',
  'chart.spec.sourceRef.name',
].map((path) => `spec.${path}`);

const appliedRevisions = ['sync.revision', 'sync.revisions', 'lastAppliedRevision', 'lastAttemptedRevision'].map(
  (path) => `status.${path}`,
);

const firstAt = (object: KubeObject, paths: readonly string[]): unknown =>
  paths.map((path) => at(object, ...path.split('.'))).find((found) => found !== undefined && found !== '');

function afterwards(manager: GitOpsManager, object: KubeObject): string {
  const { kind, name, namespace } = manager;
  const source = firstAt(object, sources) ?? 'its source';
  const applied = firstAt(object, appliedRevisions) ?? 'nothing that it tells';
  const now = activeIn(kind, object);
  const before = now ?? notedIn(object);
  const spec = kind === 'Application' ? { syncPolicy: { automated: before } } : { suspend: false };
  const patch = JSON.stringify({ metadata: { annotations: { [suspendedNote]: null } }, spec });
  const { group, resource } = apis[kind];
  const resume = `kubectl -n ${namespace} patch ${resource}.${group} ${name} --type merge -p '${patch}'`;
  const was = now === null ? 'was suspended already' : 'is suspended now';
  const then = before === null ? '' : `, then resume it: ${resume}`;
  return `${managerText(manager)} ${was}; it applied ${textOf(applied)} of ${textOf(source)} last: revert that in Git first${then}`;
}

/** What a restore before this one noted; null: people suspended it. */
function notedIn({ metadata }: KubeObject): unknown {
  try {
    return JSON.parse(metadata.annotations?.[suspendedNote] ?? 'null');
  } catch {
    return null;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const problem = (message: string, { retryable }: Pick<Problem, 'retryable'>): Problem => ({
  reason: 'GitOpsNotSuspended',
  message,
  retryable,
});

const lacks = ({ kind, namespace }: GitOpsManager, verb: string): string =>
  `the controller lacks verb "${verb}" on ${apis[kind].resource}.${apis[kind].group} in namespace ${namespace}: name that in the chart's gitops.namespaces`;

function unread(manager: GitOpsManager, error: KubeProblem): Problem {
  const { message, reason } = error;
  const { group, version } = apis[manager.kind];
  const why = {
    Forbidden: lacks(manager, 'get'),
    NotFound: `${group}/${version} is not served: suspend it by hand, and take off the labels by which it tracks these objects`,
  };
  const said = reason === 'Forbidden' || reason === 'NotFound' ? why[reason] : message;
  return problem(
    `${managerText(manager)} would put back what is restored, and could not be read (${said}): nothing was written`,
    error,
  );
}

function notSuspended(manager: GitOpsManager, error: KubeProblem, remarks: readonly string[]): Problem {
  const said = error.reason === 'Forbidden' ? lacks(manager, 'patch') : error.message;
  const text = `${managerText(manager)} would put back what is restored, and could not be suspended (${said}): nothing was restored`;
  return problem([text, ...remarks].join('; '), error);
}

const notKnown = (names: readonly string[]): Problem =>
  problem(
    `Argo CD applies ${names.join(', ')}, and neither tracking id nor label says by which Application: nothing was written; set its tracking method to annotation, or suspend it by hand and restore with kubectl`,
    { retryable: false },
  );
