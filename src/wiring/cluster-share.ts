/** A cluster's router with the share that its mesh's counters show: which of them say how many requests went each way. */
import type { Clock } from '../lib/clock.ts';
import { inArm, seriesTest } from '../metrics/matching.ts';
import type { MetricSource } from '../metrics/metric-source.ts';
import type { ArmMatch } from '../metrics/series.ts';
import { CountedRouter, type ShareCounters } from '../reconcile/counted-router.ts';
import type { ClusterTraffic } from '../release/policy-cluster-traffic.ts';
import type { Backend } from '../router/deck.ts';
import type { Router } from '../router/router.ts';
import { escapeRegex, renderSelector } from '../rules/promql.ts';
import { type RequestPreset, requestMetricsOf } from '../rules/request-metrics.ts';
import type { Selector } from '../rules/sli.ts';

export interface ShareOrder {
  readonly traffic: ClusterTraffic;
  readonly namespace: string;
  /** Whose counters: of the mesh, or of something else, which can't tell. */
  readonly preset: RequestPreset;
  readonly source: MetricSource;
  readonly clock: Clock;
  readonly troubled: (message: string) => void;
}

/** The router as it is where no counter tells the versions apart: then the configuration that is read back counts. */
export function withShare(router: Router, { source, clock, troubled, ...of }: ShareOrder): Router {
  const counters = countersOf(of);
  return counters === null ? router : new CountedRouter(router, { source, counters, clock, troubled });
}

type Mesh = Pick<ShareOrder, 'traffic' | 'namespace' | 'preset'>;

function countersOf(mesh: Mesh): ShareCounters | null {
  const { traffic, namespace, preset } = mesh;
  if (preset === 'traefik') return traefikCounters(mesh);
  const meant = targetsOf(traffic);
  if (meant === null) return null;
  const { stable, canary, port } = meant;
  if (preset === 'envoy' || preset === 'istio-envoy') {
    const cluster = ({ host, subset }: Target): ArmMatch => ({
      cluster_name: [`outbound|${port}|${subset}|${host}.${namespace}.svc.cluster.local`],
    });
    return exact({ metric: 'envoy_cluster_upstream_rq_completed', matchers: [] }, cluster(canary), cluster(stable));
  }
  const metrics = preset === 'istio' || preset === 'istio-ambient' ? requestMetricsOf(preset, 'http') : null;
  // Istio's own metrics know Services, and nothing of subsets.
  if (metrics === null || canary.subset !== '') return null;
  const service = ({ host }: Target): ArmMatch => ({
    destination_service_name: [host],
    destination_service_namespace: [namespace],
  });
  return exact(metrics.total, service(canary), service(stable));
}

interface Target {
  /** Name of the Service. */
  readonly host: string;
  /** Empty: all of it. */
  readonly subset: string;
}

interface Targets extends Readonly<Record<Backend, Target>> {
  readonly port: number;
}

/** Where the routes of a mesh of Istio's lead; null: it is none. */
function targetsOf({ istio, gatewayApi }: ClusterTraffic): Targets | null {
  const { services, port = 80 } = istio ?? gatewayApi ?? {};
  if (services !== undefined) {
    const whole = (host: string): Target => ({ host, subset: '' });
    return { stable: whole(services.stable), canary: whole(services.canary), port };
  }
  const subsets = istio?.subsets;
  if (subsets === undefined) return null;
  const { host, stable, canary } = subsets;
  return { stable: { host, subset: stable }, canary: { host, subset: canary }, port };
}

/** Queries of one shape for all policies: the source makes one of them. */
function exact(selector: Selector, canary: ArmMatch, stable: ArmMatch): ShareCounters {
  const isCounter = seriesTest(selector);
  return {
    wanted: { selectors: [selector], arms: { canary, stable }, expressions: [] },
    backendOf: (series) => {
      if (!isCounter(series)) return null;
      if (inArm(canary, series.labels)) return 'canary';
      return inArm(stable, series.labels) ? 'stable' : null;
    },
  };
}

const served = 'traefik_service_requests_total';

function traefikCounters({ traffic: { traefik, gatewayApi }, namespace }: Mesh): ShareCounters | null {
  if (traefik !== undefined) {
    const { services, port = 80 } = traefik;
    const service = (name: string): ArmMatch => ({ service: [`${namespace}-${name}-${port}@kubernetescrd`] });
    return exact({ metric: served, matchers: [] }, service(services.canary), service(services.stable));
  }
  const route = gatewayApi?.httpRoute;
  if (gatewayApi === undefined || route === undefined) return null;
  return routeCounters({ ...gatewayApi.services, route, namespace });
}

interface RouteNames extends Readonly<Record<Backend, string>> {
  readonly route: string;
  readonly namespace: string;
}

/** Traefik's names for an HTTPRoute's backends hold a checksum of the rule, so that they are a pattern here. */
function routeCounters({ route, namespace, ...services }: RouteNames): ShareCounters {
  const [from, to] = [`httproute-${namespace}-${route}-gw-`, (name: string) => `-svc-${namespace}-${name}-`];
  const expression = (id: Backend): { readonly id: Backend; readonly promql: string } => {
    const value = `${escapeRegex(from)}.+${escapeRegex(to(services[id]))}[0-9]+@kubernetesgateway`;
    const selector = renderSelector({ metric: served, matchers: [{ label: 'service', op: '=~', value }] });
    return { id, promql: `${selector}[10s]` };
  };
  const ids = ['canary', 'stable'] as const;
  return {
    wanted: { selectors: [], arms: { canary: {}, stable: {} }, expressions: ids.map(expression) },
    backendOf: ({ metric }) => ids.find((id) => id === metric) ?? null,
  };
}
