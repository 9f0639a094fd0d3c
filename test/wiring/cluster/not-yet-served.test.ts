import { expect, it } from 'vitest';
import { kubeObject } from '../../../src/kube/object.ts';
import { kubeProblem } from '../../../src/kube/problem.ts';
import { failed, ok } from '../../../src/lib/result.ts';
import { notYetServed } from '../../../src/wiring/cluster/not-yet-served.ts';
import { anObject } from '../../support/kube-server.ts';

const there = ok(['app', 'web'].map((name) => kubeObject.parse(anObject(name, 1))));
const unheard = failed(kubeProblem('Unreachable', 'no list yet'));
const services = new Map([['web', {}]]);

it.each([
  ['waits where the policy is there and has no keeper at work', there, 'app', true],
  ['waits where nothing is heard of policies yet', unheard, 'app', true],
  ['is for others where the policy is served', there, 'web', false],
  ['is for others where there is no such policy', there, 'shop', false],
] as const)('an order %s', (_what, listed, policy, waits) => {
  const problem = notYetServed({ namespace: 'shop', view: { list: () => listed } }, services)(policy);
  expect(problem?.retryable ?? false).toBe(waits);
  if (waits) expect(problem?.message).toContain(`does not look after ${policy} yet`);
});
