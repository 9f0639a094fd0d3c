/** A namespace that is deleted goes, and the controller of all namespaces, which has no more than the shipped role, goes on in the others. Not beside other controllers: it would take over from them. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { joinLab } from '../lab/joined-lab.ts';
import { fakeAnnotation } from '../lab/kubelet/pod.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { deployment, deploymentPath } from '../lab/sample-deployment.ts';
import { shippedAccount } from '../lab/shipped-account.ts';
import { atTestEnd } from '../support/at-end.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';
import { eventually } from '../support/eventually.ts';
import { startSluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

const patience = { withinMs: 120_000 };

it.runIf(await needsLab())('a namespace with a policy can be deleted', { timeout: 300_000 }, async () => {
  const lab = await joinLab(atTestEnd);
  const api = lab.api();
  await applyDefinitions(api);
  const namespace = `ending-${randomBytes(3).toString('hex')}`;
  await api.create('/api/v1/namespaces', { metadata: { name: namespace } });
  const annotations = { [fakeAnnotation]: 'ready' };
  const container = { name: 'app', image: 'app:v1' };
  await api.apply(deploymentPath(namespace, 'app'), deployment({ name: 'app', namespace, container, annotations }));
  await api.apply(`${folders(namespace).services}/app`, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'app' } },
    spec: { selector: { app: 'app' }, ports: [{ name: 'http', port: 80 }] },
  });
  const policy = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies/app`;
  const object = {
    ...{ apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name: 'app' } },
    spec: { ...aClusterSpec, metrics: { source: 'pods' }, notify: [] },
  };
  await api.apply(policy, object);
  const settings = join(await tempDir(), 'settings.yaml');
  await writeFile(settings, stringify({ sources: { pods: { scrape: { interval: '1s' } } } }));
  const home = await lab.namespace();
  const { kubeconfig, refused } = await shippedAccount(lab, home, { set: ['clusterWide=true'] });
  const words = ['controller', '--settings', settings, '--listen', '127.0.0.1:0', '--kubeconfig', kubeconfig];
  const controller = startSluice([...words, '--log-level', 'warn'], { atEnd: atTestEnd });
  await eventually(async () => {
    const { metadata } = await api.get<{ readonly metadata: never }>(policy);
    return JSON.stringify(metadata).includes('sluice.dev/give-back');
  }, patience);
  await eventually(() => lab.audit().some(({ requestURI }) => requestURI === `/api/v1/watch/namespaces/${namespace}`));
  // What earlier tests left is ending, and takes no Lease any more.
  expect(refused().filter((call) => call.includes(namespace))).toEqual([]);
  const [, url = ''] = await controller.says(/listens at (http:\S+)/);
  const answers = async (name: string) => (await fetch(`${url}/namespaces/${name}/`)).status;
  expect([await answers(namespace), await answers(home)]).toEqual([200, 404]);
  await api.delete(`/api/v1/namespaces/${namespace}`);
  await eventually(async () => {
    const { items } = await api.list('/api/v1/namespaces');
    return !items.some(({ metadata }) => metadata.name === namespace);
  }, patience);

  // One that has a policy from now on is looked after from now on.
  const next = policy.replace(namespace, home);
  await api.apply(next, object);
  await eventually(async () => JSON.stringify(await api.get(next)).includes('TargetMissing'), patience);
  await eventually(async () => (await answers(home)) === 200 && (await answers(namespace)) === 404, patience);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  await api.delete(next);
  expect(await controller.end()).toBe(0);
});
