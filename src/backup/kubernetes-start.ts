/** What of a restore pods do not see by themselves: environment and files mounted by `subPath` are read when a container starts. */
import type { PartKind } from './kubernetes-part.ts';

type Json = Readonly<Record<string, unknown>>;

export interface RestoredForPods {
  /** Of the Deployment, as it is now. */
  readonly template: Json;
  /** ConfigMaps of which the revision's pods have copies of their own. */
  readonly copied: readonly string[];
  /** What came back. */
  readonly parts: readonly { readonly kind: PartKind; readonly name: string }[];
  readonly namespace: string;
  readonly deployment: string;
}

/** A sentence each; none where every pod sees what came back. */
export function startRemarks({ copied, deployment, namespace, parts, template }: RestoredForPods): readonly string[] {
  return parts.flatMap(({ kind, name }) => {
    if (kind === 'Deployment') return [];
    if (kind === 'ConfigMap' && copied.includes(name))
      return [
        `ConfigMap ${name}: the pods of that revision have a copy of their own, which nobody changed: nothing is to be restarted`,
      ];
    const places = readAtStart(template, { kind, name });
    return places.length === 0
      ? []
      : [
          `${kind} ${name} is read by pods only when they start (${places.join(', ')}): \`kubectl rollout restart deployment ${deployment} -n ${namespace}\` restarts those of stable, without a release`,
        ];
  });
}

/** `envFrom of app`: where a container takes it at its start; empty: nowhere. */
function readAtStart(template: Json, part: { readonly kind: PartKind; readonly name: string }): readonly string[] {
  const spec = jsonAt(template, 'spec');
  const volumes = listAt(spec, 'volumes').filter((volume) => isMounted(volume, part));
  const names = volumes.map(({ name }) => name);
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].flatMap((container) => {
    const ref = part.kind === 'Secret' ? ['secretRef', 'secretKeyRef'] : ['configMapRef', 'configMapKeyRef'];
    const [all = '', one = ''] = ref;
    const env = listAt(container, 'env').some((each) => jsonAt(jsonAt(each, 'valueFrom'), one)['name'] === part.name);
    const envFrom = listAt(container, 'envFrom').some((each) => jsonAt(each, all)['name'] === part.name);
    const subPath = listAt(container, 'volumeMounts').some(
      (mount) => names.includes(mount['name']) && (mount['subPath'] ?? mount['subPathExpr']) !== undefined,
    );
    const ways = [env ? ['env'] : [], envFrom ? ['envFrom'] : [], subPath ? ['subPath'] : []].flat();
    return ways.map((way) => `${way} of ${String(container['name'])}`);
  });
}

/** By itself, or among the sources of a projected one. */
function isMounted(volume: Json, { kind, name }: { readonly kind: PartKind; readonly name: string }): boolean {
  const sources = [volume, ...listAt(jsonAt(volume, 'projected'), 'sources')];
  return sources.some((source) =>
    kind === 'Secret'
      ? [jsonAt(source, 'secret')['secretName'], jsonAt(source, 'secret')['name']].includes(name)
      : jsonAt(source, 'configMap')['name'] === name,
  );
}

const jsonAt = (of: Json, word: string): Json => (of[word] ?? {}) as Json;

const listAt = (of: Json, word: string): readonly Json[] => (of[word] ?? []) as readonly Json[];
