/** Stores of a cluster, one after the other: each is opened by who wins the election, and frees it when it closes. */
import type { KubeClient } from '../../src/kube/client.ts';
import { LeaseElector } from '../../src/kube/lease.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { failed, ok, type Result } from '../../src/lib/result.ts';
import type { HistoryBound } from '../../src/release/history-bound.ts';
import { KubernetesStore } from '../../src/release/kubernetes-store.ts';
import type { Store } from '../../src/release/store.ts';
import { atTestEnd } from './at-end.ts';

const timing = { durationMs: 3_600_000, deadlineMs: 1_800_000, renewEveryMs: 60_000, retryMs: 60_000 };

export async function openElected(
  client: KubeClient,
  namespace: string,
  bound: HistoryBound = {},
): Promise<Result<Store>> {
  const settled = Promise.withResolvers<number | null>();
  const identity = crypto.randomUUID();
  const elector = new LeaseElector({
    client,
    namespace,
    name: 'controller',
    identity,
    clock: systemClock,
    timing,
    events: { elected: settled.resolve, lost: () => undefined, troubled: () => settled.resolve(null) },
  });
  const ending = new AbortController();
  const looked = client.get(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/controller`);
  const running = elector.run(ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  atTestEnd(stop);
  const lease = await looked;
  const holder = lease.ok ? (lease.value['spec'] as { readonly holderIdentity?: string }).holderIdentity : '';
  const isHeld = holder !== '' && holder !== identity;
  const epoch = isHeld ? null : await settled.promise;
  if (epoch === null) {
    await stop();
    return failed({ reason: 'StoreInUse', message: 'another controller holds the Lease', retryable: true });
  }
  const store = new KubernetesStore({ client, namespace, epoch, ...bound, holds: () => elector.holds() });
  const close = store.close.bind(store);
  store.close = async () => {
    await close();
    await stop();
  };
  return ok(store);
}
