/** GitOps managers that would put back what a restore brings back: known by what they track their objects by. */
import type { KubeObject } from '../kube/object.ts';
import type { ComparedPart } from './kubernetes-compare.ts';

/** Argo CD's Application, or Flux' Kustomization or HelmRelease. */
export interface GitOpsManager {
  readonly kind: 'Application' | 'HelmRelease' | 'Kustomization';
  readonly namespace: string;
  readonly name: string;
}

export const apis = {
  Application: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
  Kustomization: { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', resource: 'kustomizations' },
  HelmRelease: { group: 'helm.toolkit.fluxcd.io', version: 'v2', resource: 'helmreleases' },
} as const;

/** Where Argo CD has its Applications, unless an object names another namespace. */
const argoNamespace = 'argocd';

/** What applies objects. */
export interface Managers {
  /** Each once. */
  readonly known: readonly GitOpsManager[];
  /** Names of parts that Argo CD wrote, and that do not say for which Application. */
  readonly unknown: readonly string[];
}

type Tracked = Pick<ComparedPart, 'kept' | 'name' | 'object'>;

/** An object that is gone is known by the labels that it had. */
export function managersOf(parts: readonly Tracked[]): Managers {
  const found = parts.map((part) => {
    const labels = part.object === null ? part.kept.entry.labels : (part.object.metadata.labels ?? {});
    const argo = argoOf(applicationOf(part.object, labels));
    const known = [...argo, ...fluxOf('Kustomization', labels), ...fluxOf('HelmRelease', labels)];
    return { known, unknown: argo.length === 0 && isByArgo(part.object) ? [part.name] : [] };
  });
  const known = new Map(found.flatMap((each) => each.known).map((each) => [managerText(each), each]));
  return { known: [...known.values()], unknown: found.flatMap((each) => each.unknown) };
}

const isByArgo = (object: KubeObject | null): boolean =>
  (object?.metadata.managedFields ?? []).some(({ manager }) => manager?.startsWith('argocd') === true);

/** The label that Argo CD 2 tracks by counts only where Argo CD wrote: Helm and people set it, too. */
function applicationOf(object: KubeObject | null, labels: Readonly<Record<string, string>>): string | undefined {
  const id = object?.metadata.annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0];
  const shared = isByArgo(object) ? labels['app.kubernetes.io/instance'] : undefined;
  return id ?? labels['argocd.argoproj.io/instance'] ?? shared;
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

export const managerText = ({ kind, name, namespace }: GitOpsManager): string => `${kind} ${namespace}/${name}`;

/** What people should know before: nothing is written. */
export const managerRemarks = ({ known, unknown }: Managers): readonly string[] => [
  ...known.map((each) => `${managerText(each)} applies some of these objects: a restore suspends it first`),
  ...unknown.map((name) => `Argo CD applies ${name}, and it is not known by which Application: a restore is refused`),
];
