/** That no planted secret stands in anything that a controller of a cluster says, writes into objects or sends, but where it has to be. */
import { expect } from 'vitest';
import type { Api } from '../lab/api/api.ts';
import { type AskedServer, everyAnswer } from './every-output.ts';
import type { PlantedSecrets } from './planted-secrets.ts';
import type { RunbookHooks } from './runbook-hooks.ts';
import { expectAtHome } from './secrets-at-home.ts';

interface Overheard {
  readonly hooks: RunbookHooks;
  readonly secrets: PlantedSecrets;
  readonly service: { readonly namespace: string };
}

interface Said {
  readonly api: Api;
  /** Of the controller. */
  readonly output: string;
  readonly asked: AskedServer;
}

/** Kinds that it writes, or that tell of what it does; Secrets are where secrets stand. */
const folders = [
  ...['api/v1/configmaps', 'api/v1/events', 'api/v1/services', 'api/v1/pods'],
  ...['apis/apps/v1/deployments', 'apis/batch/v1/jobs', 'apis/networking.istio.io/v1/virtualservices'],
  ...['apis/sluice.dev/v1alpha1/releases', 'apis/sluice.dev/v1alpha1/releasepolicies'],
  ...['apis/sluice.dev/v1alpha1/releaseorders', 'apis/coordination.k8s.io/v1/leases'],
];

export async function expectNoSecretInCluster(
  { hooks, secrets, service }: Overheard,
  { api, asked, output }: Said,
): Promise<void> {
  const objects = folders.map(async (folder) => {
    const path = folder.replace(/\/(\w+)$/, `/namespaces/${service.namespace}/$1`);
    return [path, JSON.stringify(await api.list(`/${path}`))] as const;
  });
  const said = [...(await everyAnswer(asked)), ...(await Promise.all(objects)), ['log', output] as const];
  expect(output).toContain('"level":"debug"');
  const told = said.map(([where, text]) => [where, secrets.foundIn(text)] as const);
  expect(told.filter(([, found]) => found.length > 0)).toEqual([]);
  expectAtHome(hooks, secrets, { journeys: ['hooks'], database: ['hooks'], orders: ['hooks'] });
}
