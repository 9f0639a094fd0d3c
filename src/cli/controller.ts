/** `sluice controller`: the operator for the ReleasePolicies of namespaces, until it is told to stop. */
import type { Command } from 'commander';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { failed, type Result } from '../lib/result.ts';
import { type ClusterSettings, parseClusterSettings } from '../release/policy-cluster-settings.ts';
import { createLoggerPino } from '../telemetry/logger-pino.ts';
import { type ClusterOptions, openCluster, withClusterAccess } from './cluster-client.ts';
import { type Context, runWith } from './context.ts';
import { boundOf, type SharedOptions, withControllerOptions } from './controller-options.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { namespaceName } from './option-values.ts';
import { type ReviewOptions, reviewersFor, reviewProblem, withReviewOptions } from './review-options.ts';
import { toldToStop } from './told-to-stop.ts';
import { sluiceVersion } from './version.ts';

interface ControllerOptions extends Omit<ClusterOptions, 'namespace'>, ReviewOptions, SharedOptions {
  /** None: all. */
  readonly namespace: readonly string[];
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

Of one namespace the API is at the port's root; of several, each is below
/namespaces/NAME/. Without --namespace each that has a policy is looked after.
Several controllers of a namespace elect one by a Lease there; the others wait
and take over. SIGTERM finishes the writes under way and gives the Lease back:
pods, Services and routes stay as they are.`;

export const registerController = (program: Command): void => {
  const command = program
    .command('controller')
    .description('run the controller for the ReleasePolicies of Kubernetes namespaces')
    .requiredOption(
      '--settings <file>',
      "the operator's settings: metric sources, addresses of hooks, targets of notifications",
    )
    .option(
      '-n, --namespace <name>',
      'namespace of policies; may be given again (default: all namespaces)',
      (name: string, before: readonly string[]) => [...before, namespaceName(name)],
      [],
    )
    .addHelpText('after', example);
  withControllerOptions(withReviewOptions(withClusterAccess(command))).action(runWith(control));
};

const control = async (context: Context, options: ControllerOptions): Promise<ExitCode> => {
  const settings = await readSettings(options.settings);
  if (!settings.ok) return context.fail(settings.error);
  const objection = reviewProblem(options, context.tokenFile);
  if (objection !== null) return context.fail(objection);
  const { namespace, ...reached } = options;
  const cluster = await openCluster(reached);
  if (!cluster.ok) return context.fail(cluster.error);
  const { leadOne, leadSeveral } = await import('./lead-namespaces.ts');
  const { client } = cluster.value;
  const { compress, listen, openMetrics = false } = options;
  const stop = toldToStop();
  const order = {
    ...{ client, access: client.access, listen, openMetrics, stop, settings: settings.value, compression: compress },
    ...{ bound: boundOf(options), version: sluiceVersion(), log: createLoggerPino({ level: options.logLevel }) },
    reviewerFor: await reviewersFor(options, client),
  };
  stop.addEventListener('abort', () =>
    context.remark('stopping: writes under way are finished; pods, Services and routes stay as they are'),
  );
  const namespaces = new Set(namespace);
  const [only, ...more] = namespaces;
  const led = await (only !== undefined && more.length === 0
    ? leadOne(context, order, only)
    : leadSeveral(context, order, namespaces));
  return led.ok ? exitCodes.ok : context.fail(led.error.message);
};

async function readSettings(file: string): Promise<Result<ClusterSettings, string>> {
  const bytes = await readConfigFile(file);
  if (!bytes.ok) return failed(formatFileError(bytes.error));
  const settings = await parseClusterSettings(bytes.value, file);
  return settings.ok ? settings : failed(settings.error.map(formatFileError).join('\n'));
}
