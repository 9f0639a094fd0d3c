/** The pods that Services send to, as the cluster tells it to whoever balances between them. */
import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import { ok, type Result } from '../../lib/result.ts';
import { folders } from './labels.ts';

const slice = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        conditions: z.looseObject({ ready: z.boolean().nullish() }).nullish(),
        targetRef: z.looseObject({ name: z.string().optional() }).nullish(),
      }),
    )
    .nullish(),
});

export interface EndpointPod {
  /** Empty: it is no pod's. */
  readonly pod: string;
  readonly isReady: boolean;
}

/** Of one Service, or of all of the namespace. */
export async function endpointPods(
  client: KubeClient,
  { namespace, service }: { readonly namespace: string; readonly service?: string },
): Promise<Result<readonly EndpointPod[]>> {
  const query = service === undefined ? {} : { labelSelector: `kubernetes.io/service-name=${service}` };
  const listed = await client.list(folders(namespace).slices, query);
  if (!listed.ok) return listed;
  const endpoints = listed.value.objects.flatMap((object) => slice.safeParse(object).data?.endpoints ?? []);
  return ok(
    endpoints.map(({ conditions, targetRef }) => ({
      pod: targetRef?.name ?? '',
      // The API counts an endpoint that says nothing of itself as ready.
      isReady: conditions?.ready !== false,
    })),
  );
}
