/** Policies that have nothing to do: their rounds cost the API server nothing, and `uninstall` gives all of them back. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { fakeAnnotation } from '../../lab/kubelet/pod.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { type Deployment, deployment, deploymentPath } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { deliveredSpec, splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { sluice, startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

const patience = { withinMs: 120_000 };
const names = ['one', 'two', 'three'];

const plan = { steps: [{ weight: 100, bake: '1m' }], drain: '10s' };

describe.runIf(await needsLab())('idle policies', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('ask the API server for nothing in round after round, and are given back by one command', {
    timeout: 300_000,
  }, async () => {
    const api = lab.api();
    const namespace = await lab.namespace();
    const { services } = folders(namespace);
    const policies = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies`;
    const place = ['--namespace', namespace, '--kubeconfig', lab.kubeconfig('admin')];
    expect(await sluice(['uninstall', ...place])).toMatchObject({ code: 0 });
    for (const name of names) {
      const container = { name: 'app', image: 'fake:v1' };
      const annotations = { [fakeAnnotation]: 'ready' };
      await api.apply(deploymentPath(namespace, name), deployment({ name, namespace, container, annotations }));
      await api.apply(`${services}/${name}`, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }] },
      });
      await api.apply(
        `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/${name}`,
        splitRoute({ namespace, name, host: `${name}.${namespace}.test` }),
      );
      await api.apply(`${policies}/${name}`, {
        apiVersion: 'sluice.dev/v1alpha1',
        kind: 'ReleasePolicy',
        metadata: { name },
        spec: deliveredSpec({ name, plan }),
      });
    }
    const unled = await sluice(['uninstall', '--yes', ...place]);
    expect(unled).toMatchObject({ code: 3 });
    expect(unled.err).toContain('no controller leads');
    const settings = join(await tempDir(), 'settings.yaml');
    await writeFile(settings, stringify({ sources: { pods: { scrape: { interval: '250ms' } } } }));
    const words = ['controller', '--settings', settings, ...place, '--listen', '127.0.0.1:0', '--compress', '60'];
    const controller = startSluice([...words, '--log-level', 'warn'], { atEnd });
    const isDone = async (): Promise<boolean> => {
      const found = (
        await api.list<KubeObject & { status?: { conditions?: { type: string; status: string }[] } }>(policies)
      ).items;
      const targets = await Promise.all(names.map((name) => api.get<Deployment>(deploymentPath(namespace, name))));
      return (
        found.every(({ status }) =>
          status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'),
        ) && targets.every(({ spec }) => spec.replicas === 0)
      );
    };
    await eventually(isDone, patience);

    const ours = () =>
      lab
        .audit()
        .filter(({ requestURI }) => requestURI.includes(`/${namespace}/`) && !requestURI.includes('/leases/'))
        .filter(({ userAgent }) => userAgent === 'sluice');
    const quietFor = async (ms: number) => {
      const before = ours().length;
      await sleep(ms);
      return ours().slice(before);
    };
    // A round a second by the compressed clock of an idle policy: many of them, and not one request.
    await eventually(async () => (await quietFor(2_000)).length === 0, patience);
    expect(await quietFor(5_000)).toEqual([]);

    const dry = await sluice(['uninstall', '--dry-run', ...place]);
    expect(dry.out.trim().split('\n')).toHaveLength(names.length);
    expect(dry.out).toMatch(/^one: Deployment one gets back the template of [0-9a-f]+ and its pods$/m);
    expect(await sluice(['uninstall', ...place])).toMatchObject({ code: 3 });
    const done = await sluice(['uninstall', '--yes', ...place]);
    expect({ ...done, out: done.out.match(/given back/g)?.length }).toMatchObject({ code: 0, out: names.length });
    expect((await api.list(policies)).items).toEqual([]);
    for (const name of names) {
      expect(await api.get<Deployment>(deploymentPath(namespace, name))).toMatchObject({ spec: { replicas: 1 } });
      const service = await api.get<KubeObject & { spec: { selector: object } }>(`${services}/${name}`);
      expect(service.spec.selector).toEqual({ app: name });
    }
    controller.child.kill('SIGTERM');
    expect(await controller.exited).toBe(0);
  });
});
