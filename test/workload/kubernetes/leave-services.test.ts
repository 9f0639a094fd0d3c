import { expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { keysSelecting } from '../../../src/workload/kubernetes/leave-services.ts';

const labels = { app: 'shop', tier: 'web', 'sluice.dev/policy': 'shop', 'sluice.dev/revision': 'v1' };
const pod: KubeObject = { metadata: { name: 'a', uid: 'a', resourceVersion: '1', labels } };

const service = (selector: object, noted?: string): KubeObject => ({
  metadata: {
    ...{ name: 's', uid: 's', resourceVersion: '1' },
    ...(noted === undefined ? {} : { annotations: { 'sluice.dev/selector': noted } }),
  },
  spec: { selector },
});

it.each([
  ['by all its words', service({ app: 'shop', tier: 'web' }), ['app', 'tier']],
  ['when it gets back what it selected before', service({ 'sluice.dev/revision': 'v2' }, '{"app":"shop"}'), ['app']],
  ["by Sluice's own labels, which it moves itself", service({ 'sluice.dev/revision': 'v1' }), []],
  ['not at all', service({ app: 'other' }), []],
  ['not at all, as it selects nothing', service({}), []],
  ['not at all, and its note can not be read', service({ app: 'other' }, 'x'), []],
] as const)('a Service finds a pod %s', (_how, found, keys) => {
  expect(keysSelecting(found, pod)).toEqual(keys);
});
