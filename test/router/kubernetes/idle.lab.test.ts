/** A hundred policies that have nothing to do, looked at every second for a minute: what that costs the API server, by its audit log. */
import { describe, expect, it } from 'vitest';
import { ViewedClient } from '../../../src/kube/viewed-client.ts';
import { clusterTraffic } from '../../../src/release/policy-cluster-traffic.ts';
import { clusterRouter } from '../../../src/wiring/cluster-router.ts';
import { clientOf } from '../../lab/client-of.ts';
import { joinLab } from '../../lab/joined-lab.ts';
import { betweenServices } from '../../lab/mesh/istio-kinds.ts';
import { startMesh } from '../../lab/mesh/mesh.ts';
import { aMeshRoute } from '../../lab/mesh/mesh-route.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { must } from '../../support/proxy.ts';

const policies = 100;
const looks = 60;

describe.runIf(await needsLab())('on a real API server', () => {
  const atEnd = suiteEnd();

  it('the routes of a hundred idle policies cost a few requests a minute and no write, and each still hears of a change', async () => {
    const lab = await joinLab(atEnd);
    const mesh = await startMesh(lab);
    const made = await Promise.all(Array.from({ length: policies }, () => aMeshRoute(mesh, betweenServices)));
    const since = lab.audit().length;
    const client = new ViewedClient({ client: clientOf(lab, 'sluice'), relistEveryMs: 300_000 });
    atEnd(() => client.close());
    const routers = made.map(({ path }) => {
      const traffic = clusterTraffic.parse(betweenServices.traffic(path.split('/').at(-1) ?? ''));
      return must(clusterRouter({ client, namespace: mesh.namespace }, traffic));
    });
    for (let look = 0; look < looks; look++)
      for (const router of routers) expect(must(await router.observe()).canary).toBe(0);
    const ours = lab
      .audit()
      .slice(since)
      .filter(({ user }) => user.username === 'sluice');
    const writes = ours.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb));
    expect(writes).toEqual([]);
    // A minute of looks, with the lists and watches of the start, which come again every five minutes.
    expect(ours.length).toBeLessThanOrEqual(30);
    const [route, router] = [made[0], routers[0]];
    if (route === undefined || router === undefined) throw new Error('no route was made');
    const http = [
      { op: 'replace', path: '/spec/http/1/route/0/weight', value: 99 },
      { op: 'replace', path: '/spec/http/1/route/1/weight', value: 1 },
    ];
    await lab.api().patch(route.path, http, 'json');
    await eventually(async () => must(await router.observe()).canary === 1);
    const { version } = must(await router.observe());
    const order = { release: 'r1', epoch: 1, canary: 0, ifVersion: version, latch: false };
    expect(must(await router.write(order))).toMatchObject({ canary: 0 });
    expect(must(await router.observe())).toMatchObject({ canary: 0 });
  });
});
