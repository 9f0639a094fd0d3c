/** The environment of a container: plain values, fields of the pod, configuration and secrets, and what refers to them. */
import { type Api, hasCode, type KubeObject } from '../api/api.ts';
import type { Container, EnvFrom, EnvVar, Pod } from './pod.ts';

/** What a pod is told about itself, besides its own object. */
export interface Place {
  readonly podIP: string;
  readonly hostIP: string;
}

/** A container that can't be started as it is written; Kubernetes says so in the same words. */
export class ConfigError extends Error {}

export type Environment = Readonly<Record<string, string>>;

export async function environmentOf(
  container: Container,
  pod: Pod,
  { api, place }: { readonly api: Api; readonly place: Place },
): Promise<Environment> {
  const namespace = pod.metadata.namespace ?? 'default';
  const result: Record<string, string> = {};
  for (const from of container.envFrom ?? []) Object.assign(result, await allOf(from, { api, namespace }));
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable);
    if (value !== null) result[variable.name] = expand(value, result);
  }
  return result;

  async function valueOf({ value, valueFrom }: EnvVar): Promise<string | null> {
    if (valueFrom?.fieldRef !== undefined) return fieldOf(pod, place, valueFrom.fieldRef.fieldPath);
    const ref = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
    if (ref === undefined) return value ?? '';
    const kind = valueFrom?.configMapKeyRef === undefined ? 'secret' : 'configmap';
    const data = await read({ kind, name: ref.name, namespace }, api);
    const found = data?.[ref.key];
    if (found !== undefined) return found;
    if (ref.optional === true) return null;
    throw new ConfigError(
      data === null
        ? `${kind} "${ref.name}" not found`
        : `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name}`,
    );
  }
}

/** `$(NAME)` stands for a variable that is set before; `$$(NAME)` for itself; an unknown name for what is written. */
export const expand = (text: string, variables: Environment): string =>
  text.replace(/\$(\$)?\(([A-Za-z_.-][\w.-]*)\)/g, (written, escaped: string | undefined, name: string) =>
    escaped === undefined ? (variables[name] ?? written) : written.slice(1),
  );

/** The downward API. */
export function fieldOf({ metadata, spec }: Pod, { podIP, hostIP }: Place, path: string): string {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace ?? 'default',
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? 'default',
    'status.podIP': podIP,
    'status.podIPs': podIP,
    'status.hostIP': hostIP,
  };
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  const found =
    keyed === null ? fields[path] : (metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '');
  if (found === undefined) throw new ConfigError(`the lab knows no field ${path}`);
  return found;
}

async function allOf(
  { prefix = '', configMapRef, secretRef }: EnvFrom,
  { api, namespace }: { readonly api: Api; readonly namespace: string },
): Promise<Environment> {
  const ref = configMapRef ?? secretRef;
  if (ref === undefined) return {};
  const kind = configMapRef === undefined ? 'secret' : 'configmap';
  const data = await read({ kind, name: ref.name, namespace }, api);
  if (data === null && ref.optional !== true) throw new ConfigError(`${kind} "${ref.name}" not found`);
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [prefix + key, value]));
}

interface Named {
  readonly kind: 'configmap' | 'secret';
  readonly name: string;
  readonly namespace: string;
}

async function read({ kind, name, namespace }: Named, api: Api): Promise<Environment | null> {
  try {
    const { data = {} } = await api.get<KubeObject & { readonly data?: Environment }>(
      `/api/v1/namespaces/${namespace}/${kind}s/${name}`,
    );
    if (kind === 'configmap') return data;
    return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
  } catch (error) {
    if (hasCode(404)(error)) return null;
    throw error;
  }
}
