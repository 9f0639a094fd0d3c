/** What presets select of the series as Istio publishes them: by its own filter, and by Envoy with the tags that Istio gives it. */
import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../src/metrics/exposition.ts';
import { seriesTest } from '../../src/metrics/matching.ts';
import { type RequestPreset, requestMetricsOf } from '../../src/rules/request-metrics.ts';

const envoyPage = `
envoy_cluster_upstream_rq{response_code="200",cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 90
envoy_cluster_upstream_rq{response_code="503",cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 7
envoy_cluster_upstream_rq{response_code="404",cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 3
envoy_cluster_upstream_rq{response_code_class="2xx",cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 90
envoy_cluster_upstream_rq{response_code_class="4xx",cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 3
envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 7
envoy_cluster_upstream_rq_completed{cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 100
envoy_cluster_upstream_rq_total{cluster_name="outbound|80||app-canary.shop.svc.cluster.local"} 93
`;

const workload = `source_workload="ingress",source_app="unknown",destination_workload="app-7c1",destination_service_name="app-canary",destination_service_namespace="shop",request_protocol="http"`;
const istioPage = `
istio_requests_total{reporter="source",${workload},response_code="200",grpc_response_status="",response_flags="-"} 90
istio_requests_total{reporter="source",${workload},response_code="503",grpc_response_status="",response_flags="UF"} 6
istio_requests_total{reporter="source",${workload},response_code="0",grpc_response_status="",response_flags="DC"} 1
istio_requests_total{reporter="source",${workload},response_code="404",grpc_response_status="",response_flags="-"} 3
istio_requests_total{reporter="destination",${workload},response_code="200",grpc_response_status="",response_flags="-"} 90
istio_requests_total{reporter="waypoint",${workload},response_code="500",grpc_response_status="",response_flags="-"} 2
`;

const counts = (page: string, preset: RequestPreset) => {
  const read = parseExposition(page, 'text');
  if (!read.ok) throw new Error(read.error);
  const series = read.value.map((sample) => ({ ...sample, samples: [] }));
  const metrics = requestMetricsOf(preset, 'http');
  if (metrics === null) throw new Error('counts no requests');
  const sum = (selector: typeof metrics.bad): number =>
    series.filter(seriesTest(selector)).reduce((all, { value }) => all + value, 0);
  return { bad: sum(metrics.bad), total: sum(metrics.total) };
};

describe('series of Istio', () => {
  it.each([
    ['istio-envoy', envoyPage, { bad: 7, total: 100 }],
    ['istio', istioPage, { bad: 7, total: 100 }],
    ['istio-ambient', istioPage, { bad: 2, total: 2 }],
  ] as const)('%s counts each request once, and failures as failures', (preset, page, expected) => {
    expect(counts(page, preset)).toEqual(expected);
  });

  it("plain Envoy's preset sees no failure there, which is why a policy for Istio refuses it", () => {
    expect(counts(envoyPage, 'envoy')).toEqual({ bad: 0, total: 100 });
  });
});
