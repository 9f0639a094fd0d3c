import { expect, it } from 'vitest';
import { podContent } from '../../../src/workload/kubernetes/pod-content.ts';

/** As its node has it, with what is mounted into each pod anew. */
const pod = (name: string, image: string, annotations = {}) => ({
  metadata: { name, uid: name, resourceVersion: '1', annotations },
  spec: {
    containers: [{ name: 'app', image, volumeMounts: [{ name: `kube-api-access-${name}` }] }],
    nodeName: name,
  },
});

it('is the same of a pod that was restarted, and another with another image', () => {
  const before = podContent(pod('a', 'app:1'));
  expect(before).not.toBeNull();
  expect(podContent(pod('b', 'app:1', { 'kubectl.kubernetes.io/restartedAt': 'now' }))).toBe(before);
  expect(podContent(pod('c', 'app:2'))).not.toBe(before);
  expect(podContent({ metadata: { name: 'd', uid: 'd', resourceVersion: '1' } })).toBeNull();
});

const made = (container: object, spec: object = {}) => ({
  metadata: { name: 'a', uid: 'a', resourceVersion: '1' },
  spec: { containers: [{ name: 'app', image: 'app:1', ...container }], ...spec },
});

const plain = podContent(made({}));

it.each([
  ['resources', { resources: { limits: { memory: '1Gi' } } }, {}],
  ['ports', { ports: [{ containerPort: 81 }] }, {}],
  ['a probe', { readinessProbe: { httpGet: { path: '/up', port: 80 } } }, {}],
  ['lifecycle', { lifecycle: { preStop: { sleep: { seconds: 5 } } } }, {}],
  ["a container's securityContext", { securityContext: { runAsUser: 1 } }, {}],
  ["the pod's securityContext", {}, { securityContext: { fsGroup: 1 } }],
  ['a volume', {}, { volumes: [{ name: 'tmp', emptyDir: {} }] }],
  ['a variable', { env: [{ name: 'A', value: '1' }] }, {}],
])('is another with another %s', (_what, container, spec) => {
  expect(podContent(made(container, spec))).not.toBe(plain);
});

it.each([
  ['envFrom', { envFrom: [{ configMapRef: { name: 'app-primary' } }] }, {}],
  ['references of variables', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'app-primary' } } }] }, {}],
  ['what is mounted into each pod', {}, { volumes: [{ name: 'kube-api-access-x7', projected: {} }] }],
  ['what starts the sidecar', {}, { initContainers: [{ name: 'istio-init', image: 'proxyv2:1' }] }],
])('is the same with other %s', (_what, container, spec) => {
  expect(podContent(made(container, spec))).toBe(plain);
});

it('is the same with another sidecar of the mesh, and where a volume has another source by name', () => {
  const app = { name: 'app', image: 'app:1' };
  const proxied = (env: string) => ({
    containers: [app, { name: 'istio-proxy', image: 'proxyv2:1', env: [{ name: env }] }],
  });
  expect(podContent(made({}, proxied('ISTIO_META_A')))).toBe(plain);
  const from = (name: string) => podContent(made({}, { volumes: [{ name: 'config', configMap: { name } }] }));
  expect(from('app')).toBe(from('app-primary'));
  expect(from('app')).not.toBe(plain);
});
