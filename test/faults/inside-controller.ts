/**
 * A controller without a process of its own: it starts in milliseconds, and dies by being cut from the API server for good.
 * It keeps nothing but in the API server, so that the cluster cannot tell this from SIGKILL.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { KubeClient } from '../../src/kube/client.ts';
import { plainAccess } from '../../src/kube/plain-access.ts';
import { CheckpointedStore } from '../../src/release/checkpointed.ts';
import { KubernetesStore } from '../../src/release/kubernetes-store.ts';
import { parseClusterSettings } from '../../src/release/policy-cluster-settings.ts';
import { ownDoor } from '../../src/server/door.ts';
import type { Fields, Logger } from '../../src/telemetry/logger.ts';
import { startClusterController } from '../../src/wiring/cluster/cluster-controller.ts';
import { openView } from '../../src/wiring/cluster/cluster-scene.ts';
import { awaitOffice } from '../../src/wiring/cluster/office.ts';
import type { Incarnation, IncarnationOrder } from './incarnation.ts';

const checkpointMs = 30_000;

/** `cut`: from then on the API server hears nothing of it. */
export function startInsideController(order: IncarnationOrder, cut: () => void): Incarnation {
  const lines: string[] = [];
  const ending = new AbortController();
  const dead = Promise.withResolvers<null>();
  let url: string | null = null;
  const crash = (): void => {
    cut();
    dead.resolve(null);
    ending.abort();
  };
  const lost = (why: string): void => {
    lines.push(`this controller does not lead any more (${why}): nothing more is written`);
    crash();
  };
  const leading = (led: string): void => {
    lines.push(`sluice leads; API at ${led}`);
    url = led;
  };
  const life = lead(order, { log: loggerInto(lines), stop: ending.signal, lost, leading });
  const over = life.catch((error: unknown) => void lines.push(String(error))).finally(() => dead.resolve(null));
  order.atEnd(() => {
    crash();
    return over;
  });
  return {
    pid: 0,
    exited: dead.promise,
    isAlive: () => !ending.signal.aborted,
    output: () => lines.join('\n'),
    url: () => url,
    crash,
    stop: () => {
      ending.abort();
      return over;
    },
  };
}

interface Life {
  readonly log: Logger;
  readonly stop: AbortSignal;
  lost(why: string): void;
  leading(url: string): void;
}

/** As `sluice controller` does. */
async function lead(order: IncarnationOrder, { leading, log, lost, stop }: Life): Promise<void> {
  const { compression, kubeconfig, namespace, settingsFile } = order;
  const access = await plainAccess({ kind: 'file', path: kubeconfig });
  const settings = await parseClusterSettings(await readFile(settingsFile), settingsFile);
  if (access === null || !settings.ok) throw new Error(`no controller: ${JSON.stringify([access, settings])}`);
  const client = new KubeClient(access);
  const office = await awaitOffice({ client, namespace, stop, log, lost });
  if (office === null) return;
  const { epoch, holds } = office;
  const view = openView(client, namespace);
  const kept = new KubernetesStore({ client, namespace, epoch, holds, view });
  const store = new CheckpointedStore(kept, { everyMs: checkpointMs, nowMs: () => performance.now() });
  const controller = await startClusterController({
    ...{ client, namespace, view, store, log, compression, settings: settings.value },
    ...{ door: ownDoor({ host: '127.0.0.1', port: 0 }, '0.0.0'), reviewer: null, openMetrics: false, version: '0.0.0' },
  });
  if (!controller.ok) throw new Error(controller.error.message);
  leading(controller.value.url);
  if (!stop.aborted) await once(stop, 'abort');
  await controller.value.stop();
  await office.leave();
}

function loggerInto(lines: string[]): Logger {
  const write = (level: string) => (fields: Fields, message: string) =>
    void lines.push(JSON.stringify({ level, atMs: Math.round(performance.now()), ...fields, msg: message }));
  return { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') };
}
