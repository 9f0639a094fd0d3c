/** Keys that sign what is sent, read from Secrets of the policy's namespace anew each time, and never kept. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import { failed, ok } from '../lib/result.ts';
import type { ReadKey } from './event-http.ts';

const secretData = z.looseObject({ data: z.record(z.string(), z.string()).optional() });

export interface KeyPlace {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Names of the Secrets that the operator's settings let sign; the controller's own rights may reach further. */
  readonly signingSecrets: readonly string[];
}

/** A policy of a cluster names Secrets only: what stands in files and the environment is the controller's own. */
export const kubernetesKey =
  ({ client, namespace, signingSecrets }: KeyPlace): ReadKey =>
  async (ref) => {
    if (ref.from !== 'secret') return failed('a policy of a cluster names a Secret');
    if (!signingSecrets.includes(ref.name))
      return failed(
        `the operator's settings do not let Secret ${ref.name} sign: name it under checks.secrets of the chart`,
      );
    const read = await client.get(`/api/v1/namespaces/${namespace}/secrets/${ref.name}`);
    if (!read.ok)
      return failed(
        read.error.reason === 'Forbidden'
          ? `the controller may not read Secret ${ref.name}: name it under checks.secrets of the chart`
          : read.error.message,
      );
    const { data = {} } = secretData.parse(read.value);
    const key = Buffer.from(data[ref.key] ?? '', 'base64')
      .toString('utf8')
      .trim();
    return key === '' ? failed(`Secret ${ref.name} has nothing under ${ref.key}`) : ok(key);
  };
