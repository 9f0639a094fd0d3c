/** `sluice controller`: the operator for the ReleasePolicies of a namespace, until it is told to stop. */
import { once } from 'node:events';
import type { Command } from 'commander';
import type { KubeClient } from '../kube/client.ts';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { failed, type Result } from '../lib/result.ts';
import { type ClusterSettings, parseClusterSettings } from '../release/policy-cluster-settings.ts';
import type { Reviewer } from '../server/reviewer.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createLoggerPino } from '../telemetry/logger-pino.ts';
import { type ClusterOptions, openCluster, withClusterOptions } from './cluster-client.ts';
import { type Context, runWith } from './context.ts';
import { boundOf, type SharedOptions, withControllerOptions } from './controller-options.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { openReviewer, type ReviewOptions, reviewProblem, withReviewOptions } from './review-options.ts';
import { toldToStop } from './told-to-stop.ts';
import { sluiceVersion } from './version.ts';

interface ControllerOptions extends ClusterOptions, ReviewOptions, SharedOptions {
  readonly settings: string;
}

const example = `
The settings name metric sources, addresses of hooks, and whom webhooks tell;
policies refer to them by these names:
  sources:
    main: { prometheus: { url: http://prometheus.monitoring:9090 } }
  hooks:
    ci: { url: https://ci.example.com/hooks }
  notify:
    team: { webhook: { url: https://hooks.example.com/sluice } }

Examples:
  $ sluice crds | kubectl apply -f -
  $ sluice controller --settings settings.yaml --namespace shop

Several controllers of a namespace elect one by a Lease; the others wait and
take over. SIGTERM finishes the writes under way and gives the Lease back: pods,
Services and routes stay as they are.`;

export const registerController = (program: Command): void => {
  const command = program
    .command('controller')
    .description('run the controller for the ReleasePolicies of a Kubernetes namespace')
    .requiredOption(
      '--settings <file>',
      "the operator's settings: metric sources, addresses of hooks, targets of notifications",
    )
    .addHelpText('after', example);
  withControllerOptions(withReviewOptions(withClusterOptions(command))).action(runWith(control));
};

const control = async (context: Context, options: ControllerOptions): Promise<ExitCode> => {
  const settings = await readSettings(options.settings);
  if (!settings.ok) return context.fail(settings.error);
  const objection = reviewProblem(options, context.tokenFile);
  if (objection !== null) return context.fail(objection);
  const cluster = await openCluster(options);
  if (!cluster.ok) return context.fail(cluster.error);
  const reviewer = await openReviewer(options, cluster.value);
  const log = createLoggerPino({ level: options.logLevel });
  return lead(context, { ...options, settings: settings.value, reviewer, ...cluster.value, log });
};

type Lead = Omit<ControllerOptions, 'namespace' | 'settings'> & {
  readonly settings: ClusterSettings;
  readonly reviewer: Reviewer | null;
  readonly client: KubeClient;
  readonly namespace: string;
  readonly log: Logger;
};

/** What a bake has earned, and what was counted, is written so often; a compressed plan asks no more of the API server. */
const checkpointMs = 30_000;

const lead = async (context: Context, options: Lead): Promise<ExitCode> => {
  const { client, compress, listen, log, namespace, openMetrics = false, reviewer, settings } = options;
  const { awaitOffice } = await import('../wiring/cluster/office.ts');
  const { startClusterStandby } = await import('../wiring/cluster/standby-server.ts');
  const { openView } = await import('../wiring/cluster/cluster-scene.ts');
  const { startClusterController } = await import('../wiring/cluster/cluster-controller.ts');
  const { KubernetesStore } = await import('../release/kubernetes-store.ts');
  const { CheckpointedStore } = await import('../release/checkpointed.ts');
  const stop = toldToStop();
  const place = { client, namespace, listen, reviewer, openMetrics, log, version: sluiceVersion() };
  const standby = await startClusterStandby(place);
  if (!standby.ok) return context.fail(standby.error.message);
  context.remark(`waiting to lead in namespace ${namespace}`);
  const lost = (why: string): never =>
    process.exit(context.fail(`this controller does not lead any more (${why}): nothing more is written`));
  const office = await awaitOffice({ client, namespace, stop, log, lost });
  // At once: who leads has more urgent things to do.
  await standby.value.stop(0);
  if (office === null) return exitCodes.ok;
  const { epoch, holds } = office;
  const view = openView(client, namespace);
  const store = new CheckpointedStore(
    new KubernetesStore({ client, namespace, epoch, holds, view, ...boundOf(options) }),
    {
      everyMs: checkpointMs,
      nowMs: () => performance.now(),
    },
  );
  const controller = await startClusterController({ ...place, store, holds, view, settings, compression: compress });
  if (!controller.ok) {
    await office.leave();
    return context.fail(controller.error.message);
  }
  context.print(`sluice leads in namespace ${namespace}; API at ${controller.value.url}`);
  if (!stop.aborted) await once(stop, 'abort');
  context.remark('stopping: writes under way are finished; pods, Services and routes stay as they are');
  await controller.value.stop();
  await office.leave();
  return exitCodes.ok;
};

async function readSettings(file: string): Promise<Result<ClusterSettings, string>> {
  const bytes = await readConfigFile(file);
  if (!bytes.ok) return failed(formatFileError(bytes.error));
  const settings = await parseClusterSettings(bytes.value, file);
  return settings.ok ? settings : failed(settings.error.map(formatFileError).join('\n'));
}
