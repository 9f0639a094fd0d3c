import { describe, expect, it } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { joinLab } from '../joined-lab.ts';
import { needsLab } from '../needs-lab.ts';
import { deployment, deploymentPath, isPodReady, podsOf, sampleContainer } from '../sample-deployment.ts';

describe.runIf(await needsLab('bare'))('a program of the lab', () => {
  const atEnd = suiteEnd();

  it.each(['etcd', 'kube-apiserver'])(
    '(%s) can be killed and started again: objects and pods are as before',
    async (name) => {
      const lab = await joinLab(atEnd);
      const namespace = await lab.namespace();
      const api = lab.api();
      const pods = podsOf(lab, namespace);
      const scale = (replicas: number): Promise<unknown> =>
        api.apply(
          deploymentPath(namespace, 'app'),
          deployment({ name: 'app', namespace, replicas, container: sampleContainer('v1') }),
        );
      await scale(1);
      await eventually(async () => (await pods()).filter(isPodReady).length === 1);
      const before = await pods();
      await lab.kill(name);
      expect(lab.servers().map((server) => server.name)).not.toContain(name);
      if (name === 'kube-apiserver') await expect(pods()).rejects.toThrow();
      expect((await fetch(`http://${before[0]?.status.podIP}:8080/healthz`)).status).toBe(200);
      await lab.start(name);
      await eventually(() => scale(2));
      await eventually(async () => (await pods()).filter(isPodReady).length === 2);
      const after = await pods();
      expect(after.map(({ metadata }) => metadata.uid)).toContain(before[0]?.metadata.uid);
      expect(after.map(({ status }) => status.containerStatuses?.[0]?.restartCount)).toEqual([0, 0]);
    },
  );

  it('that does not exist is said so', async () => {
    const lab = await joinLab(atEnd);
    await expect(lab.kill('kube-scheduler')).rejects.toThrow(/the lab has no kube-scheduler: etcd, /);
  });
});
