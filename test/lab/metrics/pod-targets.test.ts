import { describe, expect, it } from 'vitest';
import type { Pod } from '../kubelet/pod.ts';
import { targetOf } from './pod-targets.ts';

const pod: Pod = {
  metadata: {
    name: 'app-1',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '1',
    labels: { app: 'app', 'sluice.dev/revision': 'abc' },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
  },
  spec: { containers: [] },
  status: { podIP: '10.77.16.1', phase: 'Running' },
};

describe('a pod as a target of Prometheus', () => {
  it('carries its labels, with names that Prometheus takes', () => {
    expect(targetOf(pod)).toEqual({
      targets: ['10.77.16.1:8080'],
      labels: {
        app: 'app',
        sluice_dev_revision: 'abc',
        namespace: 'shop',
        pod: 'app-1',
        __metrics_path__: '/metrics',
      },
    });
  });

  it('is none when it did not ask, does not run, or has no address', () => {
    expect(targetOf({ ...pod, metadata: { ...pod.metadata, annotations: {} } })).toBeNull();
    expect(targetOf({ ...pod, status: { podIP: '10.77.16.1', phase: 'Pending' } })).toBeNull();
    expect(targetOf({ ...pod, status: {} })).toBeNull();
  });
});
