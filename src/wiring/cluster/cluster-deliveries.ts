/** The delivery log of a namespace; where its API server refuses it, one that ends with the term. */
import type { KubeClient } from '../../kube/client.ts';
import { Deliveries } from '../../release/deliveries.ts';
import type { DeliveryLog } from '../../release/delivery-log.ts';
import { openKubernetesDeliveries } from '../../release/kubernetes-deliveries.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface DeliveriesScene {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly log: Logger;
}

export async function clusterDeliveries({ client, namespace, log }: DeliveriesScene): Promise<DeliveryLog> {
  const opened = await openKubernetesDeliveries({
    client,
    namespace,
    troubled: (policy, problem) => log.warn({ policy, ...problem }, 'deliveries are not kept over a restart'),
  });
  if (opened.ok) return opened.value;
  log.warn({ ...opened.error }, 'deliveries are not kept over a restart');
  return new Deliveries();
}
