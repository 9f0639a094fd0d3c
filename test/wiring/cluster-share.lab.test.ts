/** A weight counts once it is seen in the requests that the mesh itself counted, by the lab's Prometheus. */
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { prometheusSource } from '../../src/metrics/prometheus.ts';
import { observeRoute } from '../../src/release/observe-route.ts';
import { shareDisagrees, verifyShare } from '../../src/release/verify-share.ts';
import type { RouteState } from '../../src/router/router.ts';
import type { RequestPreset } from '../../src/rules/request-metrics.ts';
import { clusterRouter } from '../../src/wiring/cluster-router.ts';
import { withShare } from '../../src/wiring/cluster-share.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { betweenServices, betweenSubsets } from '../lab/mesh/istio-kinds.ts';
import { type Mesh, startMesh } from '../lab/mesh/mesh.ts';
import { aMeshRoute, type MeshKind, type MeshRoute } from '../lab/mesh/mesh-route.ts';
import { routeOfGateway, traefikService } from '../lab/mesh/traefik-kinds.ts';
import { askEach } from '../lab/mesh/two-versions.ts';
import { prometheusUrl } from '../lab/metrics/prometheus.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { signalById } from '../support/process.ts';
import { must } from '../support/proxy.ts';

const source = prometheusSource({ name: 'prometheus', url: prometheusUrl, timeoutMs: 10_000, intervalMs: 1_000 });

describe.runIf(await needsLab())('the share that was observed', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let mesh: Mesh;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    mesh = await startMesh(lab);
  });

  const countedRoute = (kind: MeshKind, preset: RequestPreset): Promise<MeshRoute> =>
    aMeshRoute(mesh, kind, (place, traffic) => {
      const made = clusterRouter(place, traffic);
      const troubled = (): void => {};
      const order = { traffic, namespace: place.namespace, preset, source, clock: systemClock, troubled };
      return made.ok ? { ok: true, value: withShare(made.value, order) } : made;
    });

  /** Asks for requests, and looks, until a look is as wanted. */
  const lookedUntil = ({ router }: MeshRoute, send: () => Promise<unknown>, isSo: (route: RouteState) => boolean) =>
    eventually(async () => {
      await send();
      const route = must(await router.observe());
      return isSo(route) ? route : null;
    });

  const release = inPhase(phases.shifting, { id: 'r1' });
  const folded = (route: RouteState) => observeRoute(release, { nowMs: startMs, epoch: 1, route }).release;
  const isVerified = (route: RouteState): boolean => verifyShare(folded(route), route)?.by === 'requests';
  const asked = (route: RouteState): number => (route.since?.canary ?? 0) + (route.since?.stable ?? 0);

  it.each([
    ['a VirtualService between Services', betweenServices, 'envoy'],
    ['a VirtualService between subsets', betweenSubsets, 'envoy'],
    ['an HTTPRoute of a Gateway of Traefik', routeOfGateway, 'traefik'],
    ['a TraefikService', traefikService, 'traefik'],
  ] as const)('verifies the weight of %s', async (_title, kind, preset) => {
    const route = await countedRoute(kind, preset);
    must(await route.raise(25));
    const verified = await lookedUntil(route, () => route.send(40), isVerified);
    expect(asked(verified)).toBeGreaterThanOrEqual(100);
  });

  it('takes no weight for verified that a frozen mesh does not follow, and does once it follows', async () => {
    const route = await countedRoute(betweenServices, 'envoy');
    await route.send(20);
    const pid = lab.servers().find(({ name }) => name === 'istiod')?.pid ?? 0;
    const asking = (): Promise<unknown> => askEach({ address: betweenServices.address, host: route.host }, 40);
    signalById(pid, 'SIGSTOP');
    try {
      must(await route.raise(25));
      const frozen = await lookedUntil(route, asking, (seen) => asked(seen) >= 300);
      expect(frozen).toMatchObject({ canary: 25, since: { canary: 0 } });
      expect(isVerified(frozen)).toBe(false);
      const late = { ...folded(frozen), phase: { ...phases.shifting, spentMs: release.plan.verifyWithinMs } };
      expect(verifyShare(late, frozen)).toBeNull();
      expect(shareDisagrees(late)).toBe(true);
    } finally {
      signalById(pid, 'SIGCONT');
    }
    await route.settled();
    await lookedUntil(route, asking, isVerified);
  });
});
