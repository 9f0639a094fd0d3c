/** `sluice uninstall`: deletes the ReleasePolicies of a namespace, one by one, and waits until each has given back what it took over. */
import type { Command } from 'commander';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { pause } from '../lib/pause.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { agreed } from './agreed.ts';
import { type Cluster, type ClusterOptions, openCluster, withClusterOptions } from './cluster-client.ts';
import { type Context, runWith } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { toldToStop } from './told-to-stop.ts';

interface UninstallOptions extends ClusterOptions {
  readonly yes?: true;
  readonly dryRun?: true;
}

const help = `
Each policy walks back: what is under way ends, the Deployment gets the template
of stable and its pods, the Services select them again, and the pods of the
revisions end when nobody is sent to them any more. Releases go with their
policy. The controller does it, so it has to run; it and the definitions stay.

Examples:
  $ sluice uninstall -n shop --dry-run
  $ sluice uninstall -n shop --yes
  $ sluice crds | kubectl delete -f -`;

export const registerUninstall = (program: Command): void => {
  const command = program
    .command('uninstall')
    .description('give back all services of a Kubernetes namespace, and delete their policies')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'only say what would be given back')
    .addHelpText('after', help);
  withClusterOptions(command).action(runWith(uninstall));
};

const uninstall = async (context: Context, options: UninstallOptions): Promise<ExitCode> => {
  const cluster = await openCluster(options);
  if (!cluster.ok) return context.fail(cluster.error);
  const { client, namespace } = cluster.value;
  const listed = await client.list(folder(namespace));
  if (!listed.ok) return context.fail(listed.error.message);
  const policies = listed.value.objects;
  if (policies.length === 0) {
    context.print(`namespace ${namespace} has no ReleasePolicy`);
    return exitCodes.ok;
  }
  for (const policy of policies) context.print(planOf(policy));
  if (options.dryRun === true) return exitCodes.ok;
  const leads = await isLed(cluster.value);
  if (!leads.ok) return context.fail(leads.error);
  if (options.yes !== true && !(await agreed(question(policies.length))))
    return context.fail('nothing was deleted: say --yes, or answer yes at a terminal');
  return giveAllBack(context, cluster.value, policies);
};

const folder = (namespace: string): string => `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies`;

interface Told {
  readonly stable?: string;
  readonly message?: string;
}

const told = (policy: KubeObject): Told => policy['status'] ?? {};

function planOf(policy: KubeObject): string {
  const { target } = policy['spec'] as { readonly target?: { readonly deployment?: string } };
  const { stable } = told(policy);
  const back = stable === undefined ? 'was not taken over yet' : `gets back the template of ${stable} and its pods`;
  return `${policy.metadata.name}: Deployment ${target?.deployment ?? '(none)'} ${back}`;
}

/** Without a controller the policies would wait for one for ever. */
async function isLed({ client, namespace }: Cluster): Promise<Result<void, string>> {
  const lease = await client.get(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/sluice`);
  if (!lease.ok && lease.error.reason !== 'NotFound') return failed(lease.error.message);
  const holder = lease.ok ? (lease.value['spec'] as { readonly holderIdentity?: string }).holderIdentity : '';
  if (holder !== undefined && holder !== '') return ok(undefined);
  return failed(
    `no controller leads in namespace ${namespace}, and it is what gives back: start one (sluice controller --namespace ${namespace}), then run this again`,
  );
}

const question = (count: number): string => `Give back ${count === 1 ? 'this service' : `these ${count} services`}?`;

async function giveAllBack(
  context: Context,
  { client, namespace }: Cluster,
  policies: readonly KubeObject[],
): Promise<ExitCode> {
  const stop = toldToStop();
  for (const { metadata } of policies) {
    const path = `${folder(namespace)}/${metadata.name}`;
    const deleted = await client.delete(path, { uid: metadata.uid });
    if (!deleted.ok && deleted.error.reason !== 'NotFound') return context.fail(deleted.error.message);
    const gone = await untilGone(context, client, { path, uid: metadata.uid, stop });
    if (!gone.ok) return context.fail(gone.error);
    context.print(`${metadata.name}: given back`);
  }
  return exitCodes.ok;
}

const lookEveryMs = 1_000;

interface Going {
  readonly path: string;
  readonly uid: string;
  readonly stop: AbortSignal;
}

/** Says what is waited for, whenever that changes. */
async function untilGone(
  context: Context,
  client: KubeClient,
  { path, uid, stop }: Going,
): Promise<Result<void, string>> {
  for (let said = ''; ; await pause(lookEveryMs, stop)) {
    if (stop.aborted) return failed('stopped: the controller goes on with what was begun');
    const read = await client.get(path);
    if (!read.ok && read.error.reason === 'NotFound') return ok(undefined);
    if (!read.ok && !read.error.retryable) return failed(read.error.message);
    if (!read.ok) continue;
    if (read.value.metadata.uid !== uid) return ok(undefined);
    const { message = '' } = told(read.value);
    if (message !== said && message !== '') context.remark(`${read.value.metadata.name}: ${message}`);
    said = message;
  }
}
