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
