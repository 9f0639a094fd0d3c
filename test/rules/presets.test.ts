/** What each preset counts: the series' names and labels as the projects publish them. */
import { describe, expect, it } from 'vitest';
import type { Measured } from '../../src/rules/measured-by-name.ts';
import { type Preset, presetSli, presetsFor } from '../../src/rules/presets.ts';
import { renderSelector } from '../../src/rules/promql.ts';
import type { Protocol } from '../../src/rules/request-metrics.ts';

const errors: Measured = { kind: 'errors' };
const p95: Measured = { kind: 'time', quantile: 0.95 };
const terms = { seconds: 0.5, snap: false };

const counted = (preset: Preset, protocol: Protocol): readonly string[] | null => {
  const sli = presetSli(preset, errors, { ...terms, protocol });
  return sli?.kind === 'ratio' ? [renderSelector(sli.bad), renderSelector(sli.total)] : null;
};

const timed = (preset: Preset, protocol: Protocol): readonly unknown[] | null => {
  const sli = presetSli(preset, p95, { ...terms, protocol });
  return sli?.kind === 'latency' ? [renderSelector(sli.histogram), sli.bound] : null;
};

describe('over http', () => {
  it.each([
    ['app', 'http_requests_total{code=~"5.."}', 'http_requests_total'],
    ['proxy', 'sluice_proxy_requests_total{code=~"5.."}', 'sluice_proxy_requests_total'],
    ['envoy', 'envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"}', 'envoy_cluster_upstream_rq_completed'],
    [
      'istio',
      'istio_requests_total{reporter="source",response_code=~"5..|0"}',
      'istio_requests_total{reporter="source"}',
    ],
    ['istio-envoy', 'envoy_cluster_upstream_rq{response_code_class="5xx"}', 'envoy_cluster_upstream_rq_completed'],
    [
      'istio-ambient',
      'istio_requests_total{reporter="waypoint",response_code=~"5..|0"}',
      'istio_requests_total{reporter="waypoint"}',
    ],
    ['traefik', 'traefik_service_requests_total{code=~"5.."}', 'traefik_service_requests_total'],
    ['haproxy', 'haproxy_server_http_responses_total{code="5xx"}', 'haproxy_server_http_responses_total'],
  ] as const)('%s', (preset, bad, total) => {
    expect(counted(preset, 'http')).toEqual([bad, total]);
  });

  it.each([
    ['app', 'http_request_duration_seconds', 0.5],
    ['istio', 'istio_request_duration_milliseconds{reporter="source"}', 500],
    ['traefik', 'traefik_service_request_duration_seconds', 0.5],
  ] as const)('times of %s, in its own unit', (preset, histogram, bound) => {
    expect(timed(preset, 'http')).toEqual([histogram, bound]);
  });

  it('haproxy has no times', () => {
    expect(timed('haproxy', 'http')).toBeNull();
    expect(presetsFor(p95, 'http')).toEqual([
      'app',
      'proxy',
      'envoy',
      'istio',
      'istio-envoy',
      'istio-ambient',
      'traefik',
    ]);
  });
});

describe('over grpc', () => {
  it('counts calls by whose fault the status is', () => {
    const [bad, total] = counted('app', 'grpc') ?? [];
    expect(total).toBe('grpc_server_handled_total{grpc_type=~"unary|UNARY"}');
    expect(bad).toBe(
      'grpc_server_handled_total{grpc_type=~"unary|UNARY",grpc_code=~"Unknown|UNKNOWN|DeadlineExceeded|DEADLINE_EXCEEDED|Unimplemented|UNIMPLEMENTED|Internal|INTERNAL|Unavailable|UNAVAILABLE|DataLoss|DATA_LOSS"}',
    );
    expect(counted('istio', 'grpc')).toEqual([
      'istio_requests_total{reporter="source",request_protocol="grpc",grpc_response_status=~"2|4|12|13|14|15"}',
      'istio_requests_total{reporter="source",request_protocol="grpc"}',
    ]);
  });

  it('has times of calls, not of streams', () => {
    expect(timed('app', 'grpc')).toEqual(['grpc_server_handling_seconds{grpc_type=~"unary|UNARY"}', 0.5]);
    expect(timed('istio', 'grpc')?.[1]).toBe(500);
    expect(presetsFor(p95, 'grpc-stream')).toEqual([]);
    expect(presetsFor({ kind: 'volume' }, 'grpc-stream')).toEqual([]);
  });

  it('counts streams by their starts and abnormal closes', () => {
    const sli = presetSli('app', errors, { ...terms, protocol: 'grpc-stream' });
    expect(sli).toMatchObject({ kind: 'ratio', streams: true, total: { metric: 'grpc_server_started_total' } });
    expect(presetsFor(errors, 'grpc-stream')).toEqual(['app']);
  });

  it('is told by those alone who tell status classes', () => {
    expect(presetsFor(errors, 'grpc')).toEqual(['app', 'proxy', 'istio', 'istio-ambient']);
  });
});
