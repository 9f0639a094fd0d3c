/** Sluice's own client of Kubernetes, as one of the lab's identities. */
import { openAccess } from '../../src/kube/access.ts';
import { type ClientOptions, KubeClient } from '../../src/kube/client.ts';
import type { Who } from './control-plane/identities.ts';
import type { JoinedLab } from './joined-lab.ts';

export function clientOf(lab: Pick<JoinedLab, 'kubeconfig'>, who: Who, options: ClientOptions = {}): KubeClient {
  const access = openAccess({ kind: 'file', path: lab.kubeconfig(who) });
  if (!access.ok) throw new Error(access.error.message);
  return new KubeClient(access.value, options);
}
