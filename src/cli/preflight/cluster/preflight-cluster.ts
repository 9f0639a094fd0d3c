/** `sluice preflight POLICY` in a cluster: what stands between a ReleasePolicy, applied or yet a file, and its next release; changes nothing. */
import { statSync } from 'node:fs';
import type { KubeObject } from '../../../kube/object.ts';
import { formatFileError } from '../../../lib/config-file/file-error.ts';
import { readConfigFile } from '../../../lib/config-file/read-file.ts';
import { isMap } from '../../../lib/config-file/sound-parts.ts';
import { parseYaml } from '../../../lib/config-file/yaml-file.ts';
import { failed, ok, type Result } from '../../../lib/result.ts';
import { clusterPolicy } from '../../../release/policy-cluster-parse.ts';
import { type ClusterSettings, parseClusterSettings } from '../../../release/policy-cluster-settings.ts';
import { policiesFolder } from '../../../wiring/cluster/policies-folder.ts';
import { folders } from '../../../workload/kubernetes/labels.ts';
import { type Cluster, openCluster } from '../../cluster-client.ts';
import type { Context } from '../../context.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { PreflightLine } from '../line.ts';
import { tellPreflight } from '../tell.ts';
import type { PreflightWords } from '../words.ts';
import { definitionsLook } from './definitions.ts';
import { metricsLook } from './metrics.ts';
import { rightsLook } from './rights.ts';
import { routeLook } from './route.ts';
import type { ClusterLook, ClusterPreflight } from './scene.ts';
import { targetLook } from './target.ts';

/** In the order of their lines. */
const looks: readonly ClusterLook[] = [definitionsLook, rightsLook, targetLook, routeLook, metricsLook];

export async function preflightCluster(context: Context, name: string, words: PreflightWords): Promise<ExitCode> {
  const cluster = await openCluster(words);
  if (!cluster.ok) return context.fail(cluster.error);
  const given = await policyIn(cluster.value, name);
  if (!given.ok) return context.fail(given.error);
  const settings = await settingsIn(cluster.value, words);
  if (!settings.ok) return context.fail(settings.error);
  const { namespace } = cluster.value;
  const policy = clusterPolicy({ name: given.value.name, namespace, spec: given.value.spec }, settings.value);
  if (!policy.ok) {
    const lines = policy.error.map(({ path, message }) => mistaken(path, message));
    return tellPreflight(context, { policy: given.value.name, lines, strict: words.strict });
  }
  const target = await cluster.value.client.get(`${folders(namespace).deployments}/${policy.value.deployment}`);
  const scene: ClusterPreflight = {
    ...cluster.value,
    policy: policy.value,
    stable: given.value.stable,
    controller: accountOf(words),
    target: target.ok ? target.value : null,
    timeoutMs: words.timeout,
  };
  const lines = (await Promise.all(looks.map((look) => look(scene)))).flat();
  return tellPreflight(context, { policy: given.value.name, lines, strict: words.strict });
}

const mistaken = (path: string, says: string): PreflightLine => ({
  ...{ grade: 'fail', subject: path, says },
  fix: 'mend the policy',
});

function accountOf({ controller }: PreflightWords): ClusterPreflight['controller'] {
  const [namespace = '', name = 'sluice'] = controller.split('/');
  return { namespace, name };
}

interface Given {
  readonly name: string;
  readonly spec: unknown;
  readonly stable: string | null;
}

/** As it stands in the cluster; a file, as it would stand there. */
async function policyIn(cluster: Cluster, name: string): Promise<Result<Given, string>> {
  // A folder may be called as a policy is.
  if (statSync(name, { throwIfNoEntry: false })?.isFile() === true) return policyInFile(cluster, name);
  const { namespace } = cluster;
  const read = await applied(cluster, name);
  if (read.ok) return ok({ name, spec: read.value['spec'], stable: stableOf(read.value) });
  const { message, reason } = read.error;
  return failed(
    reason === 'NotFound'
      ? `there is no ReleasePolicy ${name} in namespace ${namespace}, and no file ${name}`
      : message,
  );
}

const applied = ({ client, namespace }: Cluster, name: string) =>
  client.get(`${policiesFolder(namespace)}/${encodeURIComponent(name)}`);

const stableOf = (object: KubeObject): string | null =>
  ((object['status'] ?? {}) as { readonly stable?: string }).stable ?? null;

async function policyInFile(cluster: Cluster, file: string): Promise<Result<Given, string>> {
  const bytes = await readConfigFile(file);
  if (!bytes.ok) return failed(formatFileError(bytes.error));
  const yaml = await parseYaml(bytes.value, file);
  if (!yaml.ok) return failed(yaml.error.map(formatFileError).join('\n'));
  const { data } = yaml.value.document;
  const metadata = isMap(data) ? data['metadata'] : null;
  const name = isMap(metadata) ? metadata['name'] : null;
  if (!isMap(data) || data['kind'] !== 'ReleasePolicy' || typeof name !== 'string')
    return failed(`${file} holds no ReleasePolicy with a name`);
  // It may be applied already, in another form.
  const there = await applied(cluster, name);
  return ok({ name, spec: data['spec'], stable: there.ok ? stableOf(there.value) : null });
}

async function settingsIn(cluster: Cluster, words: PreflightWords): Promise<Result<ClusterSettings, string>> {
  const text = words.settings === undefined ? await installedSettings(cluster, words) : await fileOf(words.settings);
  if (!text.ok) return text;
  const settings = await parseClusterSettings(text.value, words.settings ?? 'settings.yaml');
  return settings.ok ? settings : failed(settings.error.map(formatFileError).join('\n'));
}

async function fileOf(file: string): Promise<Result<Uint8Array, string>> {
  const bytes = await readConfigFile(file);
  return bytes.ok ? ok(bytes.value) : failed(formatFileError(bytes.error));
}

/** As the chart keeps them. */
async function installedSettings({ client }: Cluster, words: PreflightWords): Promise<Result<string, string>> {
  const { name, namespace } = accountOf(words);
  const read = await client.get(`${folders(namespace).configMaps}/${name}-settings`);
  const data = read.ok ? (read.value['data'] as Readonly<Record<string, string>> | undefined) : undefined;
  const text = data?.['settings.yaml'];
  if (text !== undefined) return ok(text);
  const why = read.ok ? 'it has no key settings.yaml' : read.error.message;
  return failed(`the operator's settings can't be read (${why}): name a copy of them with --settings FILE`);
}
