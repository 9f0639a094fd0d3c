/** A router that looks at what was last heard, on a server that tells nothing further: its own writes are never seen undone. */
import { describe, expect, it } from 'vitest';
import { ViewedClient } from '../../../src/kube/viewed-client.ts';
import { istioRouter } from '../../../src/router/istio.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { anIstioRoute, leg, routePath, twoServices } from '../../support/istio-route.ts';
import { must } from '../../support/proxy.ts';
import { putSlices } from '../../support/service-slices.ts';

/** Lists are answered; a watch says nothing, as one that hangs. */
async function viewedRoute() {
  const { objects } = await anIstioRoute();
  putSlices(objects, [{}]);
  const client = new ViewedClient({ client: objects.server.client(), relistEveryMs: 3_600_000 });
  atTestEnd(() => client.close());
  const router = istioRouter(client, { ...twoServices, namespace: 'shop', name: 'app' });
  const gets = (): number =>
    objects.server.calls.filter(({ method, path }) => method === 'GET' && path === routePath).length;
  return { client, objects, router, gets };
}

const raise = { release: 'r1', epoch: 1, canary: 25, latch: false };

describe('a route that is watched', () => {
  it('costs no request to look at', async () => {
    const { router, gets, objects } = await viewedRoute();
    const first = must(await router.observe());
    const { length } = objects.server.calls;
    for (let looks = 0; looks < 50; looks++) expect(must(await router.observe())).toEqual(first);
    expect(gets()).toBe(0);
    expect(objects.server.calls.length - length).toBeLessThanOrEqual(2);
  });

  it('is asked for when what was heard is older than what was written, until it was heard', async () => {
    const { router, gets } = await viewedRoute();
    const { version } = must(await router.observe());
    const written = must(await router.write({ ...raise, ifVersion: version }));
    const before = gets();
    expect(must(await router.observe())).toEqual(written);
    expect(gets()).toBe(before + 1);
  });

  it('is raised on nothing that was heard and is no longer so', async () => {
    const { router, objects } = await viewedRoute();
    const { version } = must(await router.observe());
    const http = [{ name: 'primary', route: [leg('app-stable', 90), leg('app-canary', 10)] }];
    objects.put(routePath, { metadata: { namespace: 'shop', generation: 7 }, spec: { hosts: ['shop.test'], http } });
    expect(must(await router.observe()).canary).toBe(0);
    expect(await router.write({ ...raise, ifVersion: version })).toMatchObject({ error: { reason: 'Conflict' } });
  });

  it('is not raised to a canary that was ready when it was heard of last', async () => {
    const { router, objects } = await viewedRoute();
    const { version } = must(await router.observe());
    // The server here does not select by label.
    putSlices(objects, []);
    expect(must(await router.observe()).canaryReady).toBe(true);
    expect(await router.write({ ...raise, ifVersion: version })).toMatchObject({
      error: { reason: 'Refused', message: expect.stringContaining('canary has no endpoints') },
    });
  });
});
