/** What a rehearsal works out itself: patches, what they change, and the pods and endpoints that would follow. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { fieldChanges } from '../../../src/wiring/dry-run/field-changes.ts';
import { podsOf, slicesOf } from '../../../src/wiring/dry-run/made-pods.ts';
import { jsonPatched, mergePatched } from '../../../src/wiring/dry-run/patched.ts';
import { labelsOf } from '../../../src/workload/kubernetes/labels.ts';

describe('a patch', () => {
  const route = { spec: { http: [{ route: [{ weight: 100 }, { weight: 0 }] }] }, metadata: { name: 'app' } };

  it('changes what it names, makes what is added, and leaves the object that it was worked out for', () => {
    const after = jsonPatched(route, [
      { op: 'test', path: '/metadata/name', value: 'app' },
      { op: 'add', path: '/spec/http/0/route/1/weight', value: 25 },
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'add', path: '/metadata/annotations/sluice.dev~1release', value: 'app-1' },
    ]);
    expect(after).toMatchObject({
      value: {
        spec: { http: [{ route: [{ weight: 100 }, { weight: 25 }] }] },
        metadata: { annotations: { 'sluice.dev/release': 'app-1' } },
      },
    });
    expect(route.spec.http[0]?.route[1]?.weight).toBe(0);
  });

  it.each([
    [{ op: 'test', path: '/metadata/name', value: 'other' }, '/metadata/name is not as it was read'],
    [{ op: 'replace', path: '/spec/tcp', value: [] }, 'there is no /spec/tcp'],
    [{ op: 'add', path: '/spec/tcp/0/weight', value: 1 }, 'there is no /spec/tcp/0/weight'],
  ])('is refused where it rests on something else: %j', (operation, error) => {
    expect(jsonPatched(route, [operation])).toEqual({ ok: false, error });
  });

  it('puts entries into lists, and takes them out', () => {
    const list = { a: [1, 3] };
    expect(jsonPatched(list, [{ op: 'add', path: '/a/1', value: 2 }])).toEqual({ ok: true, value: { a: [1, 2, 3] } });
    expect(jsonPatched(list, [{ op: 'add', path: '/a/-', value: 4 }])).toEqual({ ok: true, value: { a: [1, 3, 4] } });
    expect(jsonPatched(list, [{ op: 'remove', path: '/a/0' }])).toEqual({ ok: true, value: { a: [3] } });
  });

  it('that merges takes out what is null', () => {
    expect(mergePatched({ a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } })).toEqual({ a: { c: 2, d: 3 } });
  });
});

describe('fieldChanges', () => {
  it('names each field with what it was and what it is, without what the server and the stamps keep', () => {
    const before = { metadata: { resourceVersion: '1', annotations: { 'sluice.dev/epoch': '1' } }, spec: { size: 2 } };
    const after = {
      metadata: { resourceVersion: '2', annotations: { 'sluice.dev/epoch': '9', 'sluice.dev/release': 'app-1' } },
      spec: { size: 3, list: [] },
      status: { ready: 1 },
    };
    expect(fieldChanges(before, after)).toEqual([
      { path: '/spec/size', from: 2, to: 3 },
      { path: '/metadata/annotations/sluice.dev~1release', to: 'app-1' },
      { path: '/spec/list', to: [] },
    ]);
    expect(fieldChanges({ spec: { size: 2 } }, null)).toEqual([{ path: '/spec/size', from: 2 }]);
  });
});

describe('what the cluster would make of it', () => {
  const meta = (name: string, labels: Readonly<Record<string, string>>) => ({
    name,
    uid: name,
    resourceVersion: '1',
    labels,
  });
  const labels = labelsOf('app', 'v2');
  const deployment = (replicas: number): KubeObject => ({
    metadata: meta('app-v2', labels),
    spec: { replicas, template: { metadata: { labels }, spec: {} } },
  });
  const pod = (name: string, of: Readonly<Record<string, string>>): KubeObject => ({
    metadata: meta(name, of),
    status: {},
  });

  it('is as many pods as a revision wants, those that are there first, and nobody else is touched', () => {
    const other = pod('other', { app: 'other' });
    const own = [pod('one', labels), pod('two', labels)];
    expect(podsOf([deployment(1)], [other, ...own])).toEqual([other, own[0]]);
    expect(podsOf([deployment(3)], own)).toHaveLength(3);
    expect(podsOf([deployment(0)], own)).toEqual([]);
  });

  it('is endpoints that follow the selector, ready where the pods are', () => {
    const service = (selector: object): KubeObject => ({ metadata: meta('app-canary', {}), spec: { selector } });
    const pods = podsOf([deployment(1)], []);
    expect(slicesOf([service(labels)], pods)).toMatchObject([
      {
        metadata: { labels: { 'kubernetes.io/service-name': 'app-canary' } },
        endpoints: [{ conditions: { ready: true }, targetRef: { name: 'app-v2-rehearsed-0' } }],
      },
    ]);
    expect(slicesOf([service({})], pods)).toMatchObject([{ endpoints: [] }]);
  });
});
