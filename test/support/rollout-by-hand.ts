/** People who drive a rollout by hand: the next version in a Deployment of its own, and weights in the route. */
import { folders } from '../../src/workload/kubernetes/labels.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import {
  deployment,
  deploymentPath,
  isPodReady,
  podsOf,
  sampleContainer,
  samplePort,
} from '../lab/sample-deployment.ts';
import { eventually } from './eventually.ts';
import type { OperatedService } from './operated-service.ts';

const patience = { withinMs: 120_000 };

export function byHand(lab: JoinedLab, { api, namespace, routePath }: OperatedService) {
  const next = deploymentPath(namespace, 'next');
  const service = (name: string, app: string) =>
    api.apply(`${folders(namespace).services}/${name}`, {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
      spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: samplePort }] },
    });
  const legs = (canary: number) =>
    [
      ['stable', 100 - canary],
      ['canary', canary],
    ].map(([version, weight]) => ({ destination: { host: `app-${version}`, port: { number: 80 } }, weight }));
  return {
    service,
    /** Resolves when it could serve; answers where. */
    push: async (version: string, env: readonly { readonly name: string; readonly value: string }[]) => {
      await api.apply(next, deployment({ name: 'next', namespace, container: sampleContainer(version, { env }) }));
      const pods = podsOf(lab, namespace, 'app=next');
      const pod = await eventually(async () => (await pods()).find(isPodReady), patience);
      return `http://${pod.status.podIP}:${samplePort}/`;
    },
    weigh: (canary: number) => api.patch(routePath, { spec: { http: [{ route: legs(canary) }] } }),
    remove: () => api.delete(next),
  };
}
