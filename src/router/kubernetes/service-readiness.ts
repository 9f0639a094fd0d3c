/** Whether a Service has an endpoint that takes requests. */
import { z } from 'zod';
import type { KubeProblem } from '../../kube/problem.ts';
import type { Urgency } from '../../kube/turns.ts';
import type { KubeReads } from '../../kube/viewed-client.ts';
import { ok, type Result } from '../../lib/result.ts';

const slice = z.looseObject({
  endpoints: z
    .array(z.looseObject({ conditions: z.looseObject({ ready: z.boolean().nullish() }).nullish() }))
    .nullish(),
});

export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** False also where there is no such Service. */
export async function isServiceReady(
  client: KubeReads,
  { namespace, name }: ServiceName,
  urgency: Urgency,
): Promise<Result<boolean, KubeProblem>> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const listed = await client.list(path, { labelSelector: `kubernetes.io/service-name=${name}` }, urgency);
  if (!listed.ok) return listed;
  const endpoints = listed.value.objects.flatMap((object) => slice.safeParse(object).data?.endpoints ?? []);
  // The API counts an endpoint that says nothing of itself as ready.
  return ok(endpoints.some(({ conditions }) => conditions?.ready !== false));
}
