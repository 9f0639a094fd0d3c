/** Whose counters tell how many requests a mesh sent each way, and what of them is told as the observed share. */
import { describe, expect, it } from 'vitest';
import { type ScriptedFailure, scriptedSource } from '../../src/metrics/scripted.ts';
import type { Series } from '../../src/metrics/series.ts';
import { clusterTraffic } from '../../src/release/policy-cluster-traffic.ts';
import { MemoryRouter } from '../../src/router/memory.ts';
import type { RequestPreset } from '../../src/rules/request-metrics.ts';
import { withShare } from '../../src/wiring/cluster-share.ts';
import { eventually } from '../support/eventually.ts';
import { must } from '../support/proxy.ts';

const services = { stable: 'app-stable', canary: 'app-canary' };
const ofServices = { istio: { virtualService: 'app', services } };
const ofSubsets = {
  istio: { virtualService: 'app', subsets: { host: 'app', stable: 'v1', canary: 'v2' }, port: 8080 },
};
const ofTraefik = { traefik: { traefikService: 'app', services } };

const series = (metric: string, labels: Series['labels'], value: number): Series => ({
  metric,
  labels: { ...labels, instance: 'gateway-1' },
  samples: [
    { atMs: 1_000, value: 0 },
    { atMs: 2_000, value },
  ],
});

const envoy = (cluster: string, value: number): Series =>
  series('envoy_cluster_upstream_rq_completed', { cluster_name: cluster }, value);

const istio = (service: string, reporter: string, value: number): Series => {
  const labels = { reporter, destination_service_name: service, destination_service_namespace: 'shop' };
  return series('istio_requests_total', labels, value);
};

const traefik = (service: string, value: number): Series =>
  series('traefik_service_requests_total', { service }, value);

const counted = (words: object, preset: RequestPreset, told: readonly Series[] | ScriptedFailure) => {
  const clock = { nowMs: 0, wallMs: () => clock.nowMs, monotonicMs: () => clock.nowMs };
  const troubles: string[] = [];
  const order = {
    traffic: clusterTraffic.parse(words),
    namespace: 'shop',
    preset,
    source: scriptedSource({ clock, script: [told] }),
    clock,
    troubled: (message: string) => void troubles.push(message),
  };
  const memory = new MemoryRouter();
  const router = withShare(memory, order);
  return {
    router,
    memory,
    clock,
    troubles,
    since: async () => must(await router.observe()).since,
  };
};

describe('the observed share of a cluster', () => {
  it.each<[string, object, RequestPreset, readonly Series[]]>([
    [
      "Envoy's of Services",
      ofServices,
      'envoy',
      [
        envoy('outbound|80||app-canary.shop.svc.cluster.local', 25),
        envoy('outbound|80||app-stable.shop.svc.cluster.local', 75),
        envoy('outbound|80||app-canary.other.svc.cluster.local', 9),
      ],
    ],
    [
      "Envoy's of subsets",
      ofSubsets,
      'envoy',
      [
        envoy('outbound|8080|v2|app.shop.svc.cluster.local', 25),
        envoy('outbound|8080|v1|app.shop.svc.cluster.local', 75),
        envoy('outbound|8080||app.shop.svc.cluster.local', 9),
      ],
    ],
    [
      "Istio's of Services, as their clients see them",
      ofServices,
      'istio',
      [
        istio('app-canary', 'source', 25),
        istio('app-stable', 'source', 75),
        istio('app-canary', 'destination', 9),
        istio('other', 'source', 9),
      ],
    ],
    [
      "a waypoint's of an HTTPRoute",
      { gatewayApi: { httpRoute: 'app', services } },
      'istio-ambient',
      [istio('app-canary', 'waypoint', 25), istio('app-stable', 'waypoint', 75)],
    ],
    [
      "Traefik's of a TraefikService",
      ofTraefik,
      'traefik',
      [traefik('shop-app-canary-80@kubernetescrd', 25), traefik('shop-app-stable-80@kubernetescrd', 75)],
    ],
  ])('is told by counters: %s', async (_whose, words, preset, told) => {
    const { since } = counted(words, preset, told);
    expect(await since()).toEqual({ canary: 0, stable: 0 });
    await eventually(async () => (await since())?.canary === 25);
    expect(await since()).toEqual({ canary: 25, stable: 75 });
  });

  it.each<[string, object, RequestPreset]>([
    ["the service's own", ofServices, 'app'],
    ["Istio's of subsets, which it does not know", ofSubsets, 'istio'],
    ["Envoy's of a TraefikService", ofTraefik, 'envoy'],
  ])('is not told where no counter tells the versions apart: %s', async (_whose, words, preset) => {
    const { router, memory } = counted(words, preset, []);
    expect(router).toBe(memory);
  });

  it('begins anew with each weight, and with nothing that was counted before it', async () => {
    const told = [
      envoy('outbound|80||app-canary.shop.svc.cluster.local', 25),
      envoy('outbound|80||app-stable.shop.svc.cluster.local', 75),
    ];
    const { clock, router, since } = counted(ofServices, 'envoy', told);
    await since();
    await eventually(async () => (await since())?.canary === 25);
    clock.nowMs = 5_000;
    const write = { release: 'r1', epoch: 1, canary: 50, latch: false };
    const written = must(await router.write({ ...write, ifVersion: must(await router.observe()).version }));
    expect(written).toMatchObject({ canary: 50, since: { canary: 0, stable: 0 } });
    clock.nowMs = 9_000;
    await since();
    expect(await since()).toEqual({ canary: 0, stable: 0 });
  });

  it('is of nobody while the counters cannot be read: no weight is verified because nobody could look', async () => {
    const message = 'prometheus answered 503';
    const { since, troubles } = counted(ofServices, 'envoy', { reason: 'Unreachable', message });
    await since();
    await eventually(() => troubles.length > 0);
    expect(troubles).toEqual([message]);
    expect(await since()).toEqual({ canary: 0, stable: 0 });
  });
});
