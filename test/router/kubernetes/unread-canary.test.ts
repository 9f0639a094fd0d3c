/** A route of a cluster while nobody can tell whether the canary has endpoints. */
import { expect, test } from 'vitest';
import { kubeProblem } from '../../../src/kube/problem.ts';
import { failed, ok } from '../../../src/lib/result.ts';
import { pointedSplit } from '../../../src/router/kubernetes/pointers.ts';
import { KubernetesRouter } from '../../../src/router/kubernetes-route.ts';
import { anIstioRoute, routePath, weightsOf } from '../../support/istio-route.ts';
import { must } from '../../support/proxy.ts';

const pointers = { stable: '/spec/http/0/route/0/weight', canary: '/spec/http/0/route/1/weight' };

test('traffic is taken from it, before ordinary calls, and none is given to it', async () => {
  const { objects, virtualService } = await anIstioRoute();
  const asked: string[] = [];
  let isRead = true;
  const router = new KubernetesRouter('json-patch', objects.server.client(), {
    title: 'the route',
    path: routePath,
    locate: (object) => pointedSplit(object, pointers),
    isReady: async (_, backend, urgency) => {
      asked.push(`${backend} ${urgency}`);
      return isRead || backend === 'stable' ? ok(true) : failed(kubeProblem('Forbidden', 'no endpoints for you'));
    },
  });
  const { version } = must(await router.observe());
  const order = { release: 'r1', epoch: 1, latch: false };
  const raised = must(await router.write({ ...order, canary: 25, ifVersion: version }));
  isRead = false;
  asked.length = 0;
  expect(await router.write({ ...order, canary: 50, ifVersion: raised.version })).toMatchObject({
    ok: false,
    error: { reason: 'Unreachable', message: 'the route: no endpoints for you' },
  });
  expect(must(await router.write({ ...order, canary: 0, ifVersion: null, latch: true })).canary).toBe(0);
  expect(weightsOf(virtualService())).toEqual({ stable: 100, canary: 0 });
  expect(new Set(asked)).toEqual(new Set(['canary first', 'stable first']));
});
