/** Who besides Sluice wrote a route last, as the API server notes it, and how a GitOps manager is told to leave the weights alone. */
import type { KubeObject } from '../../kube/object.ts';
import type { RouteWriter } from '../router.ts';
import type { Split } from './split.ts';

/** As they name themselves to the API server. */
const argoCd = /^argo-?cd/;
const flux = /^(kustomize-controller|helm-controller|flux)/;
const others = /^(fleetagent|configsync|config-sync)/;

interface Written {
  readonly object: KubeObject;
  readonly splits: readonly Split[];
  /** Of the object, in the API. */
  readonly path: string;
}

/** null: nobody but Sluice, or nobody knows. */
export function writerOf({ object, splits, path }: Written): RouteWriter | null {
  const writers = (object.metadata.managedFields ?? []).filter(
    ({ manager, subresource }) => manager !== undefined && manager !== 'sluice' && subresource === undefined,
  );
  const newest = writers.toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0]?.manager;
  if (newest === undefined) return null;
  return { name: newest, ignore: ignoreOf(newest, { object, splits, path }) };
}

function ignoreOf(manager: string, { object, splits, path }: Written): string | null {
  const pointers = splits.flatMap(({ weights }) => [weights.stable.pointer, weights.canary.pointer]).join(', ');
  if (argoCd.test(manager)) {
    const { kind = kindIn(path), metadata } = object;
    const difference = `{ group: ${groupIn(path)}, kind: ${kind}, name: ${metadata.name}, jsonPointers: [${pointers}] }`;
    return `spec.ignoreDifferences: [${difference}], with syncOptions: [RespectIgnoreDifferences=true]`;
  }
  if (flux.test(manager)) return 'annotate the route in Git with kustomize.toolkit.fluxcd.io/ssa: IfNotPresent';
  return others.test(manager) ? `let it ignore ${pointers}` : null;
}

const groupIn = (path: string): string => /^\/apis\/([^/]+)\/v[^/]+\/namespaces\//.exec(path)?.[1] ?? '';

const kindIn = (path: string): string => path.split('/').at(-2) ?? '';
