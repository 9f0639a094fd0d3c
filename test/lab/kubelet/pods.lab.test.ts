import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import type { Api } from '../api/api.ts';
import { type JoinedLab, joinLab } from '../joined-lab.ts';
import { needsLab } from '../needs-lab.ts';
import {
  type Deployment,
  type DeploymentOrder,
  deployment,
  deploymentPath,
  isPodReady,
  type PodSeen,
  podsOf,
  sampleContainer,
  samplePort,
} from '../sample-deployment.ts';
import { leftOver } from '../servers/left-over.ts';
import { type Container, fakeAnnotation } from './pod.ts';

const shell = (script: string, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: 'shell:v1',
  command: ['sh', '-c', script],
  ...more,
});

describe.runIf(await needsLab('bare'))('a pod of the lab', () => {
  const atEnd = suiteEnd();

  interface Bench {
    readonly lab: JoinedLab;
    readonly api: Api;
    readonly namespace: string;
    pods(): Promise<readonly PodSeen[]>;
    apply(order: Partial<DeploymentOrder> & Pick<DeploymentOrder, 'container'>): Promise<void>;
    only(): Promise<PodSeen>;
  }

  async function aBench(): Promise<Bench> {
    const lab = await joinLab(atEnd);
    const api = lab.api();
    const namespace = await lab.namespace();
    const pods = podsOf(lab, namespace);
    const apply: Bench['apply'] = async (order) => {
      await api.apply(deploymentPath(namespace, 'app'), deployment({ name: 'app', namespace, ...order }));
    };
    const only = async (): Promise<PodSeen> => {
      const [pod] = await pods();
      if (pod === undefined) throw new Error('no pod');
      return pod;
    };
    return { lab, api, namespace, pods, apply, only };
  }

  const answer = async (pod: PodSeen): Promise<unknown> =>
    (await fetch(`http://${pod.status.podIP}:${samplePort}/`)).json();

  it('serves on its own address, and is rolled to a new template without a moment below its size', async () => {
    const { api, namespace, apply, pods } = await aBench();
    await apply({ container: sampleContainer('v1'), replicas: 2 });
    const rolledOut = async (): Promise<boolean> => {
      const { spec, status } = await api.get<Deployment>(deploymentPath(namespace, 'app'));
      return (
        status.readyReplicas === spec.replicas && status.updatedReplicas === spec.replicas && status.replicas === 2
      );
    };
    await eventually(rolledOut);
    const before = await pods();
    expect(await Promise.all(before.map(answer))).toEqual([{ version: 'v1' }, { version: 'v1' }]);
    await apply({ container: sampleContainer('v2'), replicas: 2 });
    let fewest = 2;
    await eventually(async () => {
      fewest = Math.min(fewest, (await pods()).filter(isPodReady).length);
      return (await rolledOut()) && (await pods()).every(({ spec }) => spec.containers[0]?.image === 'app:v2');
    });
    expect(fewest).toBe(2);
    const after = await pods();
    expect(await Promise.all(after.map(answer))).toEqual([{ version: 'v2' }, { version: 'v2' }]);
    const addresses = [...before, ...after].map(({ status }) => status.podIP);
    expect(new Set(addresses).size).toBe(4);
  });

  it('that crashes is restarted, later each time, and says CrashLoopBackOff with its exit code', async () => {
    const { apply, only, api, namespace } = await aBench();
    await apply({ container: shell('exit 3') });
    const crashed = await eventually(async () => {
      const pod = await only();
      const [container] = pod.status.containerStatuses ?? [];
      return (container?.restartCount ?? 0) >= 2 && container?.state.waiting?.reason === 'CrashLoopBackOff'
        ? pod
        : null;
    });
    expect(crashed.status.phase).toBe('Running');
    expect(isPodReady(crashed)).toBe(false);
    expect(crashed.status.containerStatuses?.[0]?.lastState.terminated?.exitCode).toBe(3);
    const events = await api.list<{ reason: string } & PodSeen>(`/api/v1/namespaces/${namespace}/events`);
    expect(events.items.map(({ reason }) => reason)).toContain('BackOff');
  });

  it('is ready when its probe says so, and not when it does not; one whose liveness fails is restarted', async () => {
    const { apply, only } = await aBench();
    const liveness = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1, failureThreshold: 4 };
    await apply({ container: sampleContainer('v1', { livenessProbe: liveness }) });
    const pod = await eventually(async () => ((await only()).status.podIP === undefined ? null : only()));
    await eventually(async () => isPodReady(await only()));
    const control = `http://${pod.status.podIP}:${samplePort}/_control`;
    const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"unhealthy":true}' };
    expect((await fetch(control, order)).status).toBe(200);
    await eventually(async () => !isPodReady(await only()));
    expect((await only()).status.containerStatuses?.[0]?.restartCount).toBe(0);
    await eventually(async () => (await only()).status.containerStatuses?.[0]?.restartCount === 1);
    await eventually(async () => isPodReady(await only()));
  });

  it('whose image is not there waits with ImagePullBackOff; one without a command says why it can not run', async () => {
    const { apply, only, pods } = await aBench();
    await apply({ container: { name: 'app', image: 'missing/app:v9' } });
    const reason = async (): Promise<string | undefined> =>
      (await only()).status.containerStatuses?.[0]?.state.waiting?.reason;
    await eventually(async () => (await reason()) === 'ImagePullBackOff');
    expect((await only()).status.phase).toBe('Pending');
    await apply({ container: { name: 'app', image: 'nginx:1' } });
    const reasons = async (): Promise<readonly (string | undefined)[]> =>
      (await pods()).map(({ status }) => status.containerStatuses?.[0]?.state.waiting?.reason);
    await eventually(async () => (await reasons()).includes('CreateContainerError'));
  });

  it('takes its environment from ConfigMaps, and waits for one that is not there', async () => {
    const { apply, only, api, namespace, lab } = await aBench();
    const env = [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'greeting' } } }];
    await apply({ container: shell('echo "$(GREETING) from $HOSTNAME"; exec sleep 600', { env }) });
    await eventually(
      async () => (await only()).status.containerStatuses?.[0]?.state.waiting?.reason === 'CreateContainerConfigError',
    );
    const settings = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { greeting: 'hello' },
    };
    await api.create(`/api/v1/namespaces/${namespace}/configmaps`, settings);
    await eventually(async () => isPodReady(await only()));
    const { metadata } = await only();
    const log = `${lab.folder}/logs/pods/${namespace}_${metadata.name}_app.log`;
    await eventually(() => readFileSync(log, 'utf8') === `hello from ${metadata.name}\n`);
  });

  it('tells its output through the API server: its last lines, those of the run before, and those to come', async () => {
    const { apply, only, api, namespace } = await aBench();
    const script = 'echo one; echo two; echo three; exit 1';
    await apply({ container: shell(script) });
    const again = await eventually(async () => {
      const pod = await only();
      return (pod.status.containerStatuses?.[0]?.restartCount ?? 0) > 0 ? pod : null;
    });
    const path = `/api/v1/namespaces/${namespace}/pods/${again.metadata.name}/log`;
    expect(await api.text(`${path}?tailLines=2`)).toBe('two\nthree\n');
    expect(await api.text(`${path}?previous=true`)).toBe('one\ntwo\nthree\n');
    await apply({ container: shell('echo first; sleep 1; echo second; exec sleep 600') });
    const next = await eventually(async () => {
      const pod = await only();
      return isPodReady(pod) ? pod : null;
    });
    const stop = new AbortController();
    const lines: string[] = [];
    const follow = `/api/v1/namespaces/${namespace}/pods/${next.metadata.name}/log?follow=true`;
    for await (const line of api.lines(follow, stop.signal)) {
      lines.push(line);
      if (lines.length === 2) break;
    }
    expect(lines).toEqual(['first', 'second']);
  });

  it('that is deleted gets SIGTERM, then SIGKILL when its grace is over, and leaves no process', async () => {
    const { apply, only, api, namespace, lab, pods } = await aBench();
    await apply({ container: shell(`trap 'echo asked' TERM; sleep 611 & while :; do wait; done`), graceSeconds: 1 });
    await eventually(async () => isPodReady(await only()));
    const { metadata } = await only();
    const began = performance.now();
    await api.delete(deploymentPath(namespace, 'app'), { propagationPolicy: 'Foreground' });
    await eventually(async () => (await pods()).length === 0);
    expect(performance.now() - began).toBeGreaterThan(900);
    const log = `${lab.folder}/logs/pods/${namespace}_${metadata.name}_app.log`;
    expect(readFileSync(log, 'utf8')).toContain('asked');
    expect(leftOver(lab.folder).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('611'))).toEqual(
      [],
    );
  });

  it('of a Job runs to its end, is tried again when it fails, and the Job says how it went', async () => {
    const { api, namespace, pods } = await aBench();
    const job = (name: string, script: string): object => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [shell(script)] } } },
    });
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    await api.create(path, job('good', 'exit 0'));
    await api.create(path, job('bad', 'exit 4'));
    interface Job extends PodSeen {
      readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
    }
    const ended = async (name: string): Promise<readonly string[]> => {
      const { status } = await api.get<Job>(`${path}/${name}`);
      return (status.conditions ?? []).filter(({ status: is }) => is === 'True').map(({ type }) => type);
    };
    await eventually(async () => (await ended('good')).includes('Complete'));
    await eventually(async () => (await ended('bad')).includes('Failed'));
    const codes = (await pods()).map(({ status }) => status.containerStatuses?.[0]?.state.terminated?.exitCode);
    expect(codes.sort()).toEqual([0, 4]);
  });

  it('may be a fake, ready without a process: a hundred of them in a few seconds', async () => {
    const { apply, pods, lab } = await aBench();
    const processes = leftOver(lab.folder).length;
    await apply({
      container: { name: 'app', image: 'fake:v1' },
      replicas: 100,
      annotations: { [fakeAnnotation]: 'ready' },
    });
    await eventually(async () => (await pods()).filter(isPodReady).length === 100);
    expect(leftOver(lab.folder).length).toBe(processes);
  });
});
