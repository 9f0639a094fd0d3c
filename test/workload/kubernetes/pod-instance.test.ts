import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { failureOf, instanceOf } from '../../../src/workload/kubernetes/pod-instance.ts';

interface Seen {
  readonly ready?: { readonly status: string; readonly lastTransitionTime?: string };
  readonly state?: object;
  readonly restartCount?: number;
  readonly podIP?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
}

const early = '2026-01-15T12:00:00Z';
const later = '2026-01-15T12:00:05Z';

function aPod({
  ready = { status: 'False' },
  state = {},
  restartCount = 0,
  podIP = '10.0.0.7',
  ...more
}: Seen): KubeObject {
  return {
    metadata: { name: 'app-1', uid: 'u1', resourceVersion: '1', ...more },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
    status: {
      podIP,
      conditions: [{ type: 'Ready', ...ready }],
      containerStatuses: [{ name: 'app', restartCount, state }],
    },
  };
}

const running = { running: { startedAt: early } };

describe('a pod as an instance', () => {
  it('answers at its first port, or where its metrics are said to be', () => {
    expect(instanceOf(aPod({})).url).toBe('http://10.0.0.7:8080');
    expect(instanceOf(aPod({ annotations: { 'prometheus.io/port': '9100' } })).url).toBe('http://10.0.0.7:9100');
    expect(instanceOf(aPod({ annotations: { 'prometheus.io/port': 'none' } })).url).toBe('http://10.0.0.7:8080');
  });

  it.each([
    ['ready', { ready: { status: 'True' }, state: running }],
    ['starting', { ready: { status: 'False', lastTransitionTime: early }, state: running }],
    ['starting', { state: { waiting: { reason: 'ContainerCreating' } } }],
    ['unready', { ready: { status: 'False', lastTransitionTime: later }, state: running }],
    ['exited', { state: { terminated: { exitCode: 3 } } }],
    ['exited', { state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 1 }],
  ] as const)('is %s by %o', (state, seen) => {
    const instance = instanceOf(aPod(seen));
    expect(instance.state).toBe(state);
    expect(instance.message === '').toBe(state === 'ready');
  });

  it.each([
    ['ImagePullFailed', { state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }],
    ['ContainerCantRun', { state: { waiting: { reason: 'CreateContainerError' } } }],
    ['CrashLoop', { state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 2 }],
  ])('has failed for good with %s', (reason, seen) => {
    expect(failureOf(aPod(seen))).toMatchObject({ reason, message: expect.stringContaining('app-1') });
  });

  it.each([
    ['one that is ready', { ready: { status: 'True' }, state: running, restartCount: 9 }],
    ['one that crashed once', { state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 1 }],
    ['one that waits for its ConfigMap', { state: { waiting: { reason: 'CreateContainerConfigError' } } }],
    ['one that goes', { state: { waiting: { reason: 'ImagePullBackOff' } }, deletionTimestamp: later }],
  ])('has not failed for good: %s', (_what, seen) => {
    expect(failureOf(aPod(seen))).toBeNull();
  });
});
