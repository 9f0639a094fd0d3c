/** Who splits a policy's traffic: the built-in proxy, started where it does not run, or HAProxies that run by themselves. */
import { formatListenAddress } from '../lib/listen-address.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { HaproxyTraffic, Policy, ProxyTraffic } from '../release/policy.ts';
import type { Finding } from '../router/finding.ts';
import { configFindings } from '../router/haproxy/config-findings.ts';
import { parseRuntimeEndpoint } from '../router/haproxy/endpoint.ts';
import type { Examination } from '../router/haproxy/examine-places.ts';
import { openPlane } from '../router/haproxy/open-plane.ts';
import type { HaproxyPlane } from '../router/haproxy/plane.ts';
import { HaproxyRouter } from '../router/haproxy.ts';
import { HaproxyBackends } from '../router/haproxy-backends.ts';
import type { ProxyState } from '../router/proxy/protocol.ts';
import { ProxyRouter } from '../router/proxy.ts';
import { ProxyBackends } from '../router/proxy-backends.ts';
import { ProxyControl } from '../router/proxy-control.ts';
import { ensureProxy, type ProxyOptions, type RunningProxy, stopProxy } from '../router/proxy-process.ts';
import { renewalDueMs } from '../router/renewal.ts';
import type { MissingPart, Router } from '../router/router.ts';
import type { Backends } from '../workload/backends.ts';

export interface DataPlane {
  readonly router: Router;
  readonly backends: Backends;
  /** Null: not the built-in one. */
  readonly proxy: RunningProxy | null;
  /** Level-based: it runs, and what it lost over a restart is put right. Answers which of its processes do not answer. */
  keep(): Promise<Result<readonly MissingPart[]>>;
  /** What stands between it and a release. */
  examine(): Promise<readonly Finding[]>;
  /** Looks no more. */
  close(): void;
  /** Ends it if it was started here; one that was found running runs on. */
  letGo(): Promise<void>;
}

interface Place {
  /** Of the service's state. */
  readonly dir: string;
  /** This controller's. */
  readonly epoch: number;
}

export const openDataPlane = ({ mode, traffic }: Policy, place: Place): Promise<Result<DataPlane>> =>
  traffic.kind === 'proxy'
    ? openProxy(traffic, place)
    : openHaproxy(traffic, { stateDir: place.dir, hands: mode === 'observe' ? 'off' : 'on' });

async function openProxy({ listen, settings }: ProxyTraffic, { dir, epoch }: Place): Promise<Result<DataPlane>> {
  const options: ProxyOptions = { stateDir: dir, name: 'proxy', listen: formatListenAddress(listen), epoch, settings };
  const proxy = await ensureProxy(options);
  if (!proxy.ok) return proxy;
  const { attached, socketPath } = proxy.value;
  const router = new ProxyRouter(socketPath);
  return ok({
    router,
    backends: new ProxyBackends(socketPath),
    proxy: proxy.value,
    keep: async () => {
      const running = await ensureProxy(options);
      if (!running.ok || settings.deadMansSwitchMs === undefined) return running.ok ? ok([]) : running;
      const renewed = await router.renew(epoch);
      return renewed.ok ? ok([]) : failed({ ...renewed.error, retryable: true });
    },
    examine: async () => certificateFindings(await new ProxyControl(socketPath).state()),
    close: () => {},
    letGo: async () => {
      if (!attached) await stopProxy(socketPath, epoch);
    },
  });
}

/** Of a proxy that can't be asked, others speak. */
function certificateFindings(state: Result<ProxyState, unknown>): readonly Finding[] {
  const shown = state.ok ? (state.value.certificate ?? null) : null;
  if (shown === null) return [];
  const until = new Date(shown.expiresAtMs).toISOString();
  const grade = 'beware';
  const ends = `the certificate that users are shown ends at ${until}`;
  return [
    ...(shown.problem === null
      ? []
      : [{ grade, message: `${shown.problem}; ${ends}`, fix: 'put both files right' } as const]),
    ...(shown.expiresAtMs - Date.now() < renewalDueMs
      ? [{ grade, message: ends, fix: 'renew it in its files' } as const]
      : []),
  ];
}

interface HaproxyHere {
  readonly stateDir: string;
  readonly hands: 'on' | 'off';
}

/** The split as an earlier controller left it. */
export const haproxyPlane = ({ backend, endpoints, servers }: HaproxyTraffic, here: HaproxyHere): HaproxyPlane =>
  openPlane({ ...here, endpoints: endpoints.map(parseRuntimeEndpoint), backend, names: servers });

async function openHaproxy(traffic: HaproxyTraffic, here: HaproxyHere): Promise<Result<DataPlane>> {
  const { backend, config } = traffic;
  const plane = haproxyPlane(traffic, here);
  const unwatch = plane.watch();
  return ok({
    router: new HaproxyRouter(plane),
    backends: new HaproxyBackends(plane),
    proxy: null,
    keep: async () => {
      const seen = await plane.look();
      const away = seen.ok ? (seen.value.missing ?? []) : plane.missing;
      return seen.ok || away.length > 0 ? ok(away) : failed({ ...seen.error, retryable: true });
    },
    examine: async () => [...(await configFindings(config, backend)), ...(await plane.examine()).flatMap(inPlace)],
    close: unwatch,
    letGo: async () => {},
  });
}

/** Each with the HAProxy that it is about. */
const inPlace = ({ findings, place, seen }: Examination): readonly Finding[] =>
  seen === null ? findings : findings.map((each) => ({ ...each, message: `haproxy at ${place}: ${each.message}` }));
