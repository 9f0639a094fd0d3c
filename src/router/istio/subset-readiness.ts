/** Whether a subset of a Service, as a DestinationRule names it, has a pod that takes requests. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import type { Urgency } from '../../kube/turns.ts';
import type { KubeReads } from '../../kube/viewed-client.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { ServiceName } from '../kubernetes/service-readiness.ts';
import { fullHost } from './virtual-service.ts';

const labels = z.record(z.string(), z.string());

const ruleSpec = z.looseObject({
  host: z.string(),
  subsets: z.array(z.looseObject({ name: z.string(), labels: labels.optional() })).optional(),
});

const serviceSpec = z.looseObject({ selector: labels.optional() });

const podStatus = z.looseObject({
  conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).optional(),
});

export interface Subset {
  readonly service: ServiceName;
  readonly subset: string;
  /** Where the route is: a rule there is asked first. */
  readonly namespace: string;
}

type Labels = z.output<typeof labels>;

/** False also where rule, subset or Service are missing: the mesh answers 503 for them. */
export async function isSubsetReady(
  client: KubeReads,
  subset: Subset,
  urgency: Urgency,
): Promise<Result<boolean, KubeProblem>> {
  const { service } = subset;
  const wanted = await labelsOf(client, subset, urgency);
  if (!wanted.ok) return wanted;
  const found = await client.get(`/api/v1/namespaces/${service.namespace}/services/${service.name}`, { urgency });
  if (!found.ok) return found.error.reason === 'NotFound' ? ok(false) : found;
  const { selector } = serviceSpec.safeParse(found.value['spec']).data ?? {};
  if (wanted.value === null || selector === undefined) return ok(false);
  const query = Object.entries({ ...selector, ...wanted.value }).map(([key, value]) => `${key}=${value}`);
  const pods = await client.list(
    `/api/v1/namespaces/${service.namespace}/pods`,
    { labelSelector: query.join(',') },
    urgency,
  );
  return pods.ok ? ok(pods.value.objects.some(isPodReady)) : pods;
}

async function labelsOf(
  client: KubeReads,
  { service, subset, namespace }: Subset,
  urgency: Urgency,
): Promise<Result<Labels | null, KubeProblem>> {
  const host = fullHost(service.name, service.namespace);
  for (const where of new Set([namespace, service.namespace])) {
    const listed = await client.list(`/apis/networking.istio.io/v1/namespaces/${where}/destinationrules`, {}, urgency);
    if (!listed.ok) return listed;
    const rules = listed.value.objects.flatMap((object) => ruleSpec.safeParse(object['spec']).data ?? []);
    const subsets = rules.flatMap((rule) => (fullHost(rule.host, where) === host ? (rule.subsets ?? []) : []));
    const found = subsets.find(({ name }) => name === subset);
    if (found !== undefined) return ok(found.labels ?? {});
  }
  return ok(null);
}

function isPodReady(pod: KubeObject): boolean {
  const { conditions = [] } = podStatus.safeParse(pod['status']).data ?? {};
  const isLeaving = pod.metadata.deletionTimestamp !== undefined;
  return !isLeaving && conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
