/** How a command reaches a cluster: by the kubeconfig of whoever gives it, as kubectl would. */
import type { Command } from 'commander';
import type { KubeClient } from '../kube/client.ts';
import { failed, ok, type Result } from '../lib/result.ts';

export interface ClusterOptions {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
}

export interface Cluster {
  readonly client: KubeClient;
  /** That was asked for, or of the kubeconfig's context. */
  readonly namespace: string;
}

export const withClusterOptions = (command: Command): Command =>
  withClusterAccess(
    command.option(
      '-n, --namespace <name>',
      'namespace of the policies (default: that of the kubeconfig, or of the pod)',
    ),
  );

export const withClusterAccess = (command: Command): Command =>
  command
    .option(
      '--kubeconfig <file>',
      'how the API server is reached (default: KUBECONFIG, or the service account of the pod)',
    )
    .option('--kube-context <name>', 'context of the kubeconfig');

/** The client library is large: it is loaded only where a token or a certificate is not all that it takes. */
export async function openCluster(options: ClusterOptions): Promise<Result<Cluster, string>> {
  const { plainAccess } = await import('../kube/plain-access.ts');
  const { KubeClient: Client } = await import('../kube/client.ts');
  const named = options.kubeContext === undefined ? {} : { context: options.kubeContext };
  const order =
    options.kubeconfig === undefined
      ? ({ kind: 'default', ...named } as const)
      : ({ kind: 'file', path: options.kubeconfig, ...named } as const);
  const plain = await plainAccess(order);
  const access = plain === null ? (await import('../kube/access.ts')).openAccess(order) : ok(plain);
  if (!access.ok) return failed(access.error.message);
  return ok({ client: new Client(access.value), namespace: options.namespace ?? access.value.namespace });
}
