/** The API of a controller, made here from the objects of a cluster as whoever gives the command may read and write them: it needs no way to a controller. */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { span } from '../verdict/words.ts';
import { type ClusterOptions, openCluster, withClusterOptions } from './cluster-client.ts';

/** Nobody asks this server what it is. */
const version = '';

/** Commands that look at releases, wherever these are, and those that give orders. */
const looking = ['list', 'get', 'watch', 'status', 'explain', 'report', 'history', 'trail'];
const onReleases = ['pause', 'resume', 'promote', 'abort', 'retry', 'answer', 'approve', 'override'];
const ordering = [...onReleases, 'attest', 'set-stable', 'start', 'backup', 'restore'];
const everywhere: ReadonlySet<string> = new Set([...looking, ...ordering]);

export const withCluster = (program: Command): void => {
  for (const command of program.commands) if (everywhere.has(command.name())) withClusterOptions(command);
};

/** Asked for by an option, or by being called as kubectl's plugin. */
export const isOfCluster = (command: string, options: ClusterOptions): boolean =>
  everywhere.has(command) && namesCluster(options);

export const namesCluster = ({ kubeconfig, kubeContext, namespace }: ClusterOptions): boolean =>
  (kubeconfig ?? kubeContext ?? namespace) !== undefined || basename(process.argv[1] ?? '') === 'kubectl-sluice';

export interface ClusterApi {
  readonly url: string;
  /** Without it nobody on this machine is answered. */
  readonly token: string;
  readonly stop: () => Promise<void>;
}

/** `remark` is told once when what is shown is old. */
export async function openClusterApi(
  options: ClusterOptions,
  remark: (text: string) => void,
): Promise<Result<ClusterApi, string>> {
  const cluster = await openCluster(options);
  if (!cluster.ok) return cluster;
  const { createLoggerPino } = await import('../telemetry/logger-pino.ts');
  const { createMetrics } = await import('../telemetry/metrics.ts');
  const { startHttpServer } = await import('../server/http-server.ts');
  const { OrderingControls } = await import('../wiring/cluster/ordering-controls.ts');
  const told = new Set<string>();
  const controls = new OrderingControls({
    ...cluster.value,
    clock: systemClock,
    stale: ({ id }, ageMs) => {
      if (!told.has(id)) remark(`${id}: data is ${span(ageMs)} old; is its controller running?`);
      told.add(id);
    },
    waits: remark,
    withheld: (why) => remark(`without what the rules read: ${why}`),
  });
  const token = randomBytes(24).toString('base64url');
  const server = await startHttpServer({
    ...{ controls, clock: systemClock, host: '127.0.0.1', port: 0, keys: [{ token, name: null }] },
    metrics: createMetrics({ version, releases: async () => ok([]) }),
    log: createLoggerPino({ level: 'silent' }),
    version,
  });
  if (!server.ok) return failed(server.error.message);
  return ok({ url: server.value.url, token, stop: () => server.value.stop(0) });
}
