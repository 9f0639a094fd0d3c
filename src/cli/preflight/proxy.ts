/** The built-in proxy: its address is free or its own, its certificate can be shown, and what the policy makes of its users. */
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { formatDuration } from '../../lib/duration.ts';
import { formatListenAddress } from '../../lib/listen-address.ts';
import { messageOf } from '../../lib/message-of.ts';
import type { ProxyTraffic } from '../../release/policy.ts';
import { listenTcp } from '../../router/proxy/listen-http.ts';
import type { ProxyState } from '../../router/proxy/protocol.ts';
import { ProxyControl } from '../../router/proxy-control.ts';
import { probe } from '../../workload/http-probe.ts';
import { certificateLine } from './certificate.ts';
import { fine, type PreflightLine } from './line.ts';
import type { PreflightLook, PreflightScene } from './look.ts';

export const proxyLook: PreflightLook = async (scene) => {
  const { traffic } = scene.policy;
  if (traffic.kind !== 'proxy') return [];
  const { accessLog, deadMansSwitchMs, sticky, tls } = traffic.settings;
  const control = new ProxyControl(join(scene.stateDir, scene.policy.name, 'proxy.sock'), {
    deadlineMs: scene.timeoutMs,
  });
  const running = await control.state();
  const own = running.ok ? running.value : null;
  const shown = tls === undefined ? [] : [certificateLine(tls, Date.now())];
  const logFile = accessLog?.file ?? null;
  return [
    ...(await Promise.all([addressLine(traffic, own, scene), ...shown, ...backendLines(own, scene)])),
    ...(logFile === null ? [] : [await logLine(logFile)]),
    ...(sticky === undefined ? [] : [fine('sticky', stickyWords(sticky.cookie))]),
    ...(deadMansSwitchMs === undefined ? [] : [fine('deadMansSwitch', switchWords(deadMansSwitchMs))]),
  ];
};

/** Whoever runs this is taken for the user that the controller runs as. */
async function logLine(file: string): Promise<PreflightLine> {
  const subject = `access log ${file}`;
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  const problem = await access(isThere ? file : dirname(file), constants.W_OK).then(() => null, messageOf);
  if (problem === null) return fine(subject, 'can be written');
  const fix = `make ${dirname(file)} a folder that Sluice may write to; without it requests are served and not logged`;
  return { grade: 'warn', subject, says: `it can't be written: ${problem}`, fix };
}

const stickyWords = (cookie: string): string =>
  `users stay with their version by the cookie ${cookie}: weights are exact for new sessions, and nothing compares the traffic of the versions`;

const switchWords = (withinMs: number): string =>
  `the canary gets nothing any more once no controller has shown itself for ${formatDuration(withinMs)}`;

/** Bound for a moment and let go, unless a proxy of this policy has it. */
async function addressLine(
  { listen }: ProxyTraffic,
  own: ProxyState | null,
  { stateDir }: PreflightScene,
): Promise<PreflightLine> {
  const address = formatListenAddress(listen);
  const subject = `proxy ${address}`;
  if (own?.asked.listen === address) return fine(subject, `this policy's own proxy serves there (process ${own.pid})`);
  if (own !== null) {
    const says = `this policy's proxy (process ${own.pid}) listens on ${own.asked.listen} and does not move while it serves`;
    return { grade: 'fail', subject, says, fix: `keep that address, or end process ${own.pid} when nobody needs it` };
  }
  const server = createServer();
  const bound = await listenTcp(server, address);
  if (!bound.ok) return { grade: 'fail', subject, says: bound.error.message, fix: unboundFix(stateDir) };
  await new Promise((resolve) => server.close(resolve));
  return fine(subject, 'free to listen on');
}

const unboundFix = (stateDir: string): string =>
  `free it, or mend traffic.proxy.listen; if it is this policy's own proxy, name the controller's folder: --state (here ${stateDir})`;

/** Where a proxy that serves sends users now; endpoints of the policy's own have lines already. */
function backendLines(
  own: ProxyState | null,
  { policy: { target }, timeoutMs }: PreflightScene,
): readonly Promise<PreflightLine>[] {
  const { healthPath, kind } = target.spec;
  const endpoints = own === null || kind === 'endpoints' ? [] : own.targets.stable.endpoints;
  return endpoints.map(async (origin): Promise<PreflightLine> => {
    const subject = `stable ${origin}`;
    const probed = await probe({ origin, healthPath }, timeoutMs);
    if (probed.ok) return fine(subject, healthPath === null ? 'accepts connections' : `${healthPath} is well`);
    const fix = 'wait until the controller has restarted it; what it wrote is in workload/logs of the state folder';
    return { grade: 'fail', subject, says: probed.error, fix };
  });
}
