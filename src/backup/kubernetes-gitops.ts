/** GitOps managers that would put back what a restore brings back: found by what they track their objects by, and suspended first. */
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';

/** Argo CD's Application, or Flux' Kustomization or HelmRelease. */
interface GitOpsManager {
  readonly kind: 'Application' | 'HelmRelease' | 'Kustomization';
  readonly namespace: string;
  readonly name: string;
}

type Json = Readonly<Record<string, unknown>>;

const apis = {
  Application: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
  Kustomization: { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', resource: 'kustomizations' },
  HelmRelease: { group: 'helm.toolkit.fluxcd.io', version: 'v2', resource: 'helmreleases' },
} as const;

/** Where Argo CD has its Applications, unless an object names another namespace. */
const argoNamespace = 'argocd';

/** Each once. */
export function managersOf(objects: readonly KubeObject[]): readonly GitOpsManager[] {
  const found = objects.flatMap(({ metadata: { annotations = {}, labels = {} } }) => [
    ...argoOf(annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance']),
    ...fluxOf('Kustomization', labels),
    ...fluxOf('HelmRelease', labels),
  ]);
  return [...new Map(found.map((each) => [managerText(each), each])).values()];
}

/** `NAME`, or `NAMESPACE_NAME` where Applications stand in several namespaces. */
function argoOf(tracked: string | undefined): readonly GitOpsManager[] {
  if (tracked === undefined || tracked === '') return [];
  const [first = '', ...rest] = tracked.split('_');
  return rest.length === 0
    ? [{ kind: 'Application', namespace: argoNamespace, name: first }]
    : [{ kind: 'Application', namespace: first, name: rest.join('_') }];
}

function fluxOf(
  kind: 'HelmRelease' | 'Kustomization',
  labels: Readonly<Record<string, string>>,
): readonly GitOpsManager[] {
  const { [`${apis[kind].group}/name`]: name, [`${apis[kind].group}/namespace`]: namespace } = labels;
  return name === undefined || namespace === undefined ? [] : [{ kind, namespace, name }];
}

const managerText = ({ kind, name, namespace }: GitOpsManager): string => `${kind} ${namespace}/${name}`;

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

/** What people should know before: nothing is written. */
export const managerRemarks = (managers: readonly GitOpsManager[]): readonly string[] =>
  managers.map((each) => `${managerText(each)} applies some of these objects: a restore suspends it first`);

/** Answers what is to be done in Git, and resumed after that. Fails with `GitOpsNotSuspended` before anything is restored. */
export async function suspendAll(
  client: KubeClient,
  managers: readonly GitOpsManager[],
): Promise<Result<readonly string[]>> {
  const remarks: string[] = [];
  for (const manager of managers) {
    const read = await client.get(pathOf(manager));
    // What is not there any more applies nothing.
    if (!read.ok && read.error.reason === 'NotFound') continue;
    if (!read.ok) return failed(notSuspended(manager, 'get', read.error));
    const active = activeIn(manager.kind, read.value);
    const spec = manager.kind === 'Application' ? { syncPolicy: { automated: null } } : { suspend: true };
    const { resourceVersion } = read.value.metadata;
    if (active !== null) {
      const body = { metadata: { resourceVersion }, spec };
      const written = await client.patch(pathOf(manager), { type: 'merge', body });
      if (!written.ok) return failed(notSuspended(manager, 'patch', written.error));
    }
    remarks.push(afterwards(manager, read.value, active));
  }
  return ok(remarks);
}

function afterwards(manager: GitOpsManager, object: KubeObject, active: unknown): string {
  const { kind, name, namespace } = manager;
  const source = at(object, 'spec', 'source', 'repoURL') ?? at(object, 'spec', 'sourceRef', 'name') ?? 'its source';
  const applied =
    at(object, 'status', 'sync', 'revision') ??
    at(object, 'status', 'lastAppliedRevision') ??
    at(object, 'status', 'lastAttemptedRevision') ??
    'nothing that it tells';
  const spec = kind === 'Application' ? { syncPolicy: { automated: active } } : { suspend: false };
  const patch = JSON.stringify({ spec });
  const { group, resource } = apis[kind];
  const resume = `kubectl -n ${namespace} patch ${resource}.${group} ${name} --type merge -p '${patch}'`;
  const was = active === null ? 'was suspended already' : 'is suspended now';
  const then = active === null ? '' : `, then resume it: ${resume}`;
  return `${managerText(manager)} ${was}; it applied ${textOf(applied)} of ${textOf(source)} last: revert that in Git first${then}`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const notSuspended = (manager: GitOpsManager, verb: string, { message, reason, retryable }: Problem): Problem => ({
  reason: 'GitOpsNotSuspended',
  message: `${managerText(manager)} would put back what is restored, and could not be suspended (${reason === 'Forbidden' ? `the controller lacks verb "${verb}" on ${apis[manager.kind].resource}.${apis[manager.kind].group} in namespace ${manager.namespace}` : message}): nothing was written`,
  retryable,
});
