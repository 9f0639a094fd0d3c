/** A whole lab, from an empty folder to the end of its last process. */
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Api } from './api/api.ts';
import { startControl } from './control/control.ts';
import type { ApiServerVersion } from './control-plane/api-server.ts';
import { apiServerFiles, apiServerUrl, certificateOf } from './control-plane/api-server.ts';
import { startControlPlane } from './control-plane/control-plane.ts';
import { lockOf } from './folder.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { startLogServer } from './kubelet/log-server.ts';
import { envoy } from './mesh/envoy.ts';
import { istiod } from './mesh/istiod.ts';
import { makeObjects } from './mesh/objects.ts';
import { traefik } from './mesh/traefik.ts';
import { announcePods } from './metrics/pod-targets.ts';
import { alertmanager, prometheus, targetsFile } from './metrics/prometheus.ts';
import { type Lock, tryLock } from './parts/lock.ts';
import type { Extent } from './parts/parts.ts';
import type { Progress } from './parts/progress.ts';
import { endLeftOver } from './servers/left-over.ts';
import { Servers } from './servers/servers.ts';
import { type LabState, stateOf, writeState } from './state.ts';

export interface LabOrder {
  readonly folder: string;
  readonly progress: Progress;
  readonly extent: Extent;
  readonly apiServer: ApiServerVersion;
  /** Called when everything is ready. */
  ready(state: LabState): void;
  /** Resolves, with the reason, when the lab is to end. */
  readonly enough: Promise<string>;
}

/** Runs a lab until it has been long enough, or until one of its programs is lost; nothing of it is left afterwards. */
export async function runLab(order: LabOrder): Promise<void> {
  const { folder, progress } = order;
  const lock = await takeLock(folder);
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  const servers = await emptyLab(folder, progress, (what) => lost.reject(new Error(what)));
  try {
    const stop = await Promise.race([startAll(order, servers), lost.promise, order.enough]);
    if (typeof stop === 'string') return progress.say(`ending before it was ready: ${stop}`);
    try {
      progress.say(`ending: ${await Promise.race([order.enough, lost.promise])}`);
    } finally {
      stop();
    }
  } finally {
    await servers.endAll();
    await endLeftOver(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    await lock.release();
  }
}

async function takeLock(folder: string): Promise<Lock> {
  const lock = await tryLock(lockOf(folder));
  if (lock !== null) return lock;
  const pid = stateOf(folder)?.pid;
  const who = pid === undefined ? 'one that is starting or ending' : `process ${pid}`;
  throw new Error(`a lab runs already in ${folder} (${who}); end it with: npm run lab -- down`);
}

async function emptyLab(folder: string, progress: Progress, lost: (what: string) => void): Promise<Servers> {
  const ended = await endLeftOver(folder);
  if (ended.length > 0) progress.say(`ended what an earlier lab left: processes ${ended.join(', ')}`);
  await rm(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  return new Servers(folder, lost);
}

/** Answers how to stop what is no process of its own. */
async function startAll(order: LabOrder, servers: Servers): Promise<() => void> {
  const { apiServer, folder, progress, extent, ready } = order;
  const stopping = new AbortController();
  const { tokens, access } = await progress.during('starting the control plane', () =>
    startControlPlane(folder, servers, apiServer),
  );
  const kubelet = new Kubelet(new Api(access('kubelet')), folder);
  await kubelet.start();
  const isRunning = (namespace: string, pod: string): boolean => kubelet.has(namespace, pod);
  const logs = await startLogServer({ lab: folder, certificate: certificateOf(folder), isRunning });
  if (extent === 'whole') {
    const api = new Api(access('admin'));
    await progress.during('starting istiod, Envoy, Traefik, Prometheus and Alertmanager', async () => {
      await Promise.all([startMesh(folder, { api, servers }), startMetrics(folder, servers)]);
    });
    announcePods(api, targetsFile(folder), stopping.signal);
  }
  const { ca } = access('admin');
  const { auditLog } = apiServerFiles(folder);
  const tell = (): LabState => {
    const about = { pid: process.pid, extent, server: apiServerUrl, ca, tokens, auditLog };
    const state = { ...about, servers: servers.running() };
    writeState(folder, state);
    return state;
  };
  const control = await startControl({ servers, changed: tell });
  ready(tell());
  return () => {
    stopping.abort();
    control.close();
    logs.close();
    kubelet.stop();
  };
}

async function startMesh(folder: string, { api, servers }: { api: Api; servers: Servers }): Promise<void> {
  await makeObjects(api);
  const istio = servers.start(istiod(folder)).then(() => servers.start(envoy(folder)));
  await Promise.all([istio, servers.start(traefik(folder))]);
}

async function startMetrics(folder: string, servers: Servers): Promise<void> {
  await Promise.all([servers.start(prometheus(folder)), servers.start(alertmanager(folder))]);
}
