/** Which revision a Service sends to: its selector, moved by one conditional write and read back from what the cluster makes of it. */
import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { endpointPods } from './endpoints.ts';
import { annotationPath, fencedPatch, type PatchStep } from './fenced-patch.ts';
import { folders, label, labelsOf, noRevision, note } from './labels.ts';

const serviceSpec = z.looseObject({
  selector: z.record(z.string(), z.string()).nullish(),
  ports: z.array(z.looseObject({ nodePort: z.int().optional() })).nullish(),
});

export const selectorOf = (service: KubeObject): Readonly<Record<string, string>> =>
  serviceSpec.safeParse(service['spec']).data?.selector ?? {};

const words = z.record(z.string(), z.string());

/** What it selected before Sluice came; empty: it selects that now. */
export function notedSelector({ metadata: { annotations = {} } }: KubeObject): Readonly<Record<string, string>> {
  try {
    return words.safeParse(JSON.parse(annotations[note.selector] ?? '{}')).data ?? {};
  } catch {
    return {};
  }
}

/** null: none of the policy's. */
export function selectedRevision(service: KubeObject | undefined, policy: string): string | null {
  const selector = service === undefined ? {} : selectorOf(service);
  const revision = selector[label.revision];
  if (selector[label.policy] !== policy || Object.keys(selector).length !== 2) return null;
  return revision === undefined || revision === noRevision ? null : revision;
}

export interface Selection {
  readonly namespace: string;
  readonly policy: string;
  readonly service: string;
  /** null: no pod. */
  readonly revision: string | null;
  readonly epoch: number;
}

/** Makes the Service select the revision's pods and nothing else. What it selected before Sluice came is noted on it. */
export function select(
  client: KubeClient,
  { namespace, policy, service, revision, epoch }: Selection,
): Promise<Result<KubeObject>> {
  const wanted = labelsOf(policy, revision ?? noRevision);
  return fencedPatch(client, {
    path: `${folders(namespace).services}/${service}`,
    epoch,
    decide: (object) => {
      const selector = selectorOf(object);
      if (sameWords(selector, wanted)) return ok(null);
      const isOurs = selector[label.policy] !== undefined || object.metadata.annotations?.[note.selector] !== undefined;
      const before: PatchStep = { op: 'add', path: annotationPath(note.selector), value: JSON.stringify(selector) };
      return ok([...(isOurs ? [] : [before]), { op: 'add', path: '/spec/selector', value: wanted }]);
    },
  });
}

export const sameWords = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);

/** A Service like another one, that selects nobody yet; one that is there stays as it is. */
export async function ensureService(
  client: KubeClient,
  { namespace, policy, service }: Selection,
  like: string,
): Promise<Result<void>> {
  const { services } = folders(namespace);
  const there = await client.get(`${services}/${service}`);
  if (there.ok || there.error.reason !== 'NotFound') return there.ok ? ok(undefined) : there;
  const model = await client.get(`${services}/${like}`);
  if (!model.ok) return model.error.reason === 'NotFound' ? failed(noModel(service, like)) : model;
  const ports = (serviceSpec.safeParse(model.value['spec']).data?.ports ?? []).map(({ nodePort: _, ...port }) => port);
  // Nobody owns it: the route names it, also after the policy is gone.
  const made = await client.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, labels: { [label.policy]: policy } },
    spec: { selector: labelsOf(policy, noRevision), ports },
  });
  return made.ok || made.error.reason === 'AlreadyExists' ? ok(undefined) : made;
}

const noModel = (service: string, like: string): Problem => ({
  reason: 'NoService',
  message: `there is neither Service ${service} nor ${like} to make it after: apply one of them`,
  retryable: true,
});

/** Whether the Service's endpoints are some of these pods, ready ones, and nobody else. */
export async function sendsOnlyTo(
  client: KubeClient,
  selection: Pick<Selection, 'namespace' | 'service'>,
  pods: ReadonlySet<string>,
): Promise<Result<boolean>> {
  const sent = await endpointPods(client, selection);
  if (!sent.ok) return sent;
  const ready = sent.value.filter(({ isReady }) => isReady);
  return ok(ready.length > 0 && ready.every(({ pod }) => pods.has(pod)));
}
