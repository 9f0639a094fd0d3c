/** What a running Envoy was told about a host: the weights that it deals requests by now. */
import { z } from 'zod';
import { eventually } from '../../support/eventually.ts';

const action = z.object({
  cluster: z.string().optional(),
  weighted_clusters: z
    .object({ clusters: z.array(z.object({ name: z.string(), weight: z.number().default(0) })) })
    .optional(),
});

const dump = z.object({
  configs: z
    .array(
      z.object({
        route_config: z.object({
          virtual_hosts: z
            .array(
              z.object({
                domains: z.array(z.string()),
                routes: z.array(z.object({ name: z.string().optional(), route: action.optional() })).default([]),
              }),
            )
            .default([]),
        }),
      }),
    )
    .default([]),
});

/** Of the last route of a host, percent by name of the cluster; null: it knows no such host. */
async function weightsIn(admin: string, host: string): Promise<ReadonlyMap<string, number> | null> {
  const answer = await fetch(`http://${admin}/config_dump?resource=dynamic_route_configs`);
  const { configs } = dump.parse(await answer.json());
  const hosts = configs.flatMap(({ route_config: { virtual_hosts } }) => virtual_hosts);
  const route = hosts.find(({ domains }) => domains.includes(host))?.routes.at(-1)?.route;
  if (route === undefined) return null;
  const { cluster, weighted_clusters: weighted } = route;
  if (weighted !== undefined) return new Map(weighted.clusters.map(({ name, weight }) => [name, weight]));
  return new Map(cluster === undefined ? [] : [[cluster, 100]]);
}

const clusters = z.object({
  cluster_statuses: z
    .array(z.object({ name: z.string(), host_statuses: z.array(z.unknown()).default([]) }))
    .default([]),
});

/** Names of the clusters that have somebody to send to. */
async function staffed(admin: string): Promise<ReadonlySet<string>> {
  const answer = await fetch(`http://${admin}/clusters?format=json`);
  const { cluster_statuses: all } = clusters.parse(await answer.json());
  return new Set(all.flatMap(({ name, host_statuses: hosts }) => (hosts.length === 0 ? [] : [name])));
}

export interface Followed {
  readonly host: string;
  /** Part of the canary's cluster's name. */
  readonly canary: string;
  readonly percent: number;
}

/** Resolves once Envoy sends so many percent to the canary, and knows pods of all that it sends to. */
export const followsInEnvoy = (admin: string, { host, canary, percent }: Followed): Promise<unknown> =>
  eventually(async () => {
    const weights = [...((await weightsIn(admin, host)) ?? [])].filter(([, weight]) => weight > 0);
    const found = weights.filter(([name]) => name.includes(canary)).reduce((sum, [, weight]) => sum + weight, 0);
    const ready = await staffed(admin);
    if (weights.length > 0 && found === percent && weights.every(([name]) => ready.has(name))) return true;
    throw new Error(
      `Envoy sends ${JSON.stringify(weights)} for ${host}, ${percent} wanted; with pods: ${[...ready].join(' ')}`,
    );
  });
