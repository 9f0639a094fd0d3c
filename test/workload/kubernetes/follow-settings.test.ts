import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { settingsToFollow } from '../../../src/workload/kubernetes/follow-settings.ts';

const rolling = (maxSurge: string): object => ({ type: 'RollingUpdate', rollingUpdate: { maxSurge } });

const object = (spec: object, annotations?: Readonly<Record<string, string>>): KubeObject => ({
  metadata: { name: 'app', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T12:00:00Z' },
  spec: {
    strategy: rolling('25%'),
    progressDeadlineSeconds: 600,
    template: { metadata: annotations === undefined ? {} : { annotations } },
    ...spec,
  },
});

const restart = (at: string) => ({ 'kubectl.kubernetes.io/restartedAt': at });

describe('what stable follows without a release', () => {
  it('is nothing where both say the same, also by leaving it out', () => {
    expect(settingsToFollow(object({ minReadySeconds: 0 }), object({}))).toEqual([]);
  });

  it('is how pods are rolled', () => {
    const target = object({ minReadySeconds: 5, strategy: rolling('50%') });
    expect(settingsToFollow(target, object({}))).toEqual([
      { op: 'add', path: '/spec/minReadySeconds', value: 5 },
      { op: 'add', path: '/spec/strategy', value: rolling('50%') },
    ]);
    expect(settingsToFollow(object({}), object({ minReadySeconds: 5 }))).toEqual([
      { op: 'add', path: '/spec/minReadySeconds', value: 0 },
    ]);
  });

  it('is a restart that was ordered after its pods were made, once', () => {
    const later = restart('2026-01-01T12:00:01Z');
    const path = '/spec/template/metadata/annotations';
    const note = { op: 'add', path: `${path}/kubectl.kubernetes.io~1restartedAt`, value: '2026-01-01T12:00:01Z' };
    expect(settingsToFollow(object({}, later), object({}))).toEqual([{ op: 'add', path, value: {} }, note]);
    expect(settingsToFollow(object({}, later), object({}, { team: 'shop' }))).toEqual([note]);
    expect(settingsToFollow(object({}, later), object({}, later))).toEqual([]);
    expect(settingsToFollow(object({}, restart('2026-01-01T11:00:00Z')), object({}))).toEqual([]);
    expect(settingsToFollow(object({}, restart('soon')), object({}))).toEqual([]);
  });
});
