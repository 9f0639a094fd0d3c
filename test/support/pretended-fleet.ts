/** Services in the lab whose pods are ready without a process, delivered by one controller under the shipped role: many for the price of one. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { startPodMetrics } from '../faults/metrics-server.ts';
import { compression, patientPlan, settings } from '../faults/objects.ts';
import type { Api } from '../lab/api/api.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import { type Deployment, deploymentPath } from '../lab/sample-deployment.ts';
import { shippedAccount } from '../lab/shipped-account.ts';
import type { AtEnd } from './at-end.ts';
import { deliveredSpec } from './delivered-service.ts';
import { eventually } from './eventually.ts';
import type { Stood } from './operated-service.ts';
import { type Ground, labelled, type PretendedService, patience, serviceOf } from './pretended-service.ts';
import { startSluice } from './sluice-command.ts';
import { tempDir } from './temp-dir.ts';

export interface PretendedFleet {
  readonly api: Api;
  readonly namespace: string;
  /** Everything that the API server refused the controller. */
  refused(): readonly string[];
  /** Resolves when it is delivered, and nothing is under way. */
  serve(name: string, spec?: object): Promise<PretendedService>;
}

export const heldAt25 = {
  ...patientPlan,
  steps: [
    { weight: 25, bake: '2h' },
    { weight: 100, bake: '30s' },
  ],
  readyWithin: '1h',
  scaleWithin: '1h',
};

export async function startPretendedFleet(lab: JoinedLab, atEnd: AtEnd): Promise<PretendedFleet> {
  const api = lab.api();
  await applyDefinitions(api);
  const namespace = await lab.namespace();
  await startPodMetrics(() => namespace, atEnd);
  const account = await shippedAccount(lab, namespace, { atEnd });
  const file = join(await tempDir(atEnd), 'settings.yaml');
  await writeFile(file, stringify(settings));
  const where = [
    '--namespace',
    namespace,
    '--kubeconfig',
    account.kubeconfig,
    '--listen',
    '127.0.0.1:0',
    '--no-review',
  ];
  const words = ['controller', '--settings', file, ...where, '--compress', String(compression), '--log-level', 'warn'];
  const controller = startSluice(words, { atEnd });
  const url = async (): Promise<string> =>
    eventually(() => /API at (http\S+)/.exec(controller.output())?.[1] ?? null, patience).catch((cause: unknown) => {
      throw new Error(`it does not lead:\n${controller.output()}`, { cause });
    });
  const ground = { lab, api, namespace, url, output: () => controller.output() };
  return { api, namespace, refused: account.refused, serve: (name, spec) => serve(ground, name, spec) };
}

async function serve(ground: Ground, name: string, spec?: object): Promise<PretendedService> {
  const { api, namespace } = ground;
  const service = serviceOf(ground, name);
  await api.apply(deploymentPath(namespace, name), {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
    spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: labelled(name, 'v1') },
  });
  await api.apply(`${folders(namespace).services}/${name}`, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
  await service.makeRoute();
  await api.apply(service.policyPath, {
    ...{ apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name } },
    spec: spec ?? deliveredSpec({ name, plan: heldAt25 }),
  });
  await eventually(async () => {
    const [{ status }, target] = await Promise.all([
      service.policy(),
      api.get<Deployment>(deploymentPath(namespace, name)),
    ]);
    return target.spec.replicas === 0 && conditionOf(status, 'Ready') === 'True';
  }, patience);
  return service;
}

const conditionOf = (status: Stood['status'], type: string): string | undefined =>
  status?.conditions?.find((each) => each.type === type)?.status;
