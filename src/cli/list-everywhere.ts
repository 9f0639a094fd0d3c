/** `sluice list -A`: the releases of every namespace that has policies, as whoever asks may read them. */
import type { KubeProblem } from '../kube/problem.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { ApiClient } from './api-client.ts';
import { openClusterApi } from './cluster-api.ts';
import { type ClusterOptions, openCluster } from './cluster-client.ts';
import type { Context } from './context.ts';

export type PlacedRelease = ReleaseView & { readonly namespace: string };

type Query = Parameters<ApiClient['releases']>[0];

export async function releasesEverywhere(
  { remark }: Pick<Context, 'remark'>,
  options: ClusterOptions,
  query: Query,
): Promise<Result<readonly PlacedRelease[], string>> {
  const cluster = await openCluster(options);
  if (!cluster.ok) return cluster;
  const policies = await cluster.value.client.list('/apis/sluice.dev/v1alpha1/releasepolicies');
  if (!policies.ok) return failed(notListed(policies.error));
  const namespaces = [...new Set(policies.value.objects.map(({ metadata }) => metadata.namespace ?? ''))].toSorted();
  const found: PlacedRelease[] = [];
  for (const namespace of namespaces) {
    const listed = await releasesIn({ ...options, namespace }, query, remark);
    // One that may not be read hides no other.
    if (listed.ok) found.push(...listed.value.map((view) => ({ ...view, namespace })));
    else remark(`namespace ${namespace} is left out: ${listed.error}`);
  }
  return ok(found);
}

async function releasesIn(
  options: ClusterOptions,
  query: Query,
  remark: Context['remark'],
): Promise<Result<readonly ReleaseView[], string>> {
  const opened = await openClusterApi(options, remark);
  if (!opened.ok) return opened;
  const { stop, token, url } = opened.value;
  try {
    const listed = await new ApiClient(url, token).releases(query);
    return listed.ok ? listed : failed(listed.error.message);
  } finally {
    await stop();
  }
}

const notListed = ({ message, reason }: KubeProblem): string =>
  reason === 'Forbidden'
    ? `${message}: -A needs list on releasepolicies in all namespaces; with less, name one namespace: -n NAMESPACE`
    : message;
