/** Backup and restore in a cluster, under exactly the shipped role: a release is taken back, and what came with it goes back, too, though the controller is killed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ReleaseView } from '../../../src/report/release-view.ts';
import type { RestoreReport } from '../../../src/report/restore-report.ts';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { fakeAnnotation } from '../../lab/kubelet/pod.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { deployment, deploymentPath } from '../../lab/sample-deployment.ts';
import { shippedAccount } from '../../lab/shipped-account.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { deliveredPolicy, deliveredSpec, splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { getJson, postJson } from '../../support/http-server.ts';
import type { Stood } from '../../support/operated-service.ts';
import { startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

const patience = { withinMs: 120_000 };
const canary = 'canary-token-5309';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const spec = {
  ...deliveredSpec({
    plan: {
      steps: [{ weight: 100, bake: '1h' }],
      ...{ readyWithin: '2h', scaleWithin: '2h', drain: '10s', verify: 'config', whenUnjudgeable: 'hold' },
    },
  }),
  backup: { secrets: 'included' },
  gates: [{ name: 'backup', check: 'backup', maxAge: '24h' }],
};

const container = (image: string): object => ({
  name: 'app',
  image,
  envFrom: [
    { configMapRef: { name: 'app-config' } },
    { configMapRef: { name: 'z-config' } },
    { secretRef: { name: 'db' } },
  ],
});

interface Held extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

async function aService(lab: JoinedLab) {
  const api = lab.api();
  const namespace = await lab.namespace();
  const account = await shippedAccount(lab, namespace, { set: ['backup.secrets=true'] });
  const { configMaps, services } = folders(namespace);
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const target = deploymentPath(namespace, 'app');
  const group = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}`;
  const config = (name: string, greeting: string, more: object = {}) =>
    api.apply(`${configMaps}/${name}`, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { GREETING: greeting } },
      ...more,
    });
  const secret = (password: string) =>
    api.apply(`${secrets}/db`, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, type: 'Opaque' },
      data: { PASSWORD: base64(password) },
    });
  await config('app-config', 'hello');
  await config('z-config', 'hello');
  await secret(canary);
  const annotations = { [fakeAnnotation]: 'ready' };
  await api.apply(target, deployment({ name: 'app', namespace, container: container('app:v1') as never, annotations }));
  await api.apply(`${services}/app`, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'app' } },
    spec: { selector: { app: 'app' }, ports: [{ name: 'http', port: 80 }] },
  });
  await api.apply(
    `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/app`,
    splitRoute({ namespace }),
  );
  await api.apply(`${group}/releasepolicies/app`, deliveredPolicy(spec));
  return {
    ...{ api, account, config, configMaps, namespace, secret, secrets, target },
    push: (image: string) => api.patch(target, { spec: { template: { spec: { containers: [container(image)] } } } }),
    policy: () => api.get<Stood>(`${group}/releasepolicies/app`),
    releases: async () => (await api.list<Stood>(`${group}/releases`)).items,
    image: async () =>
      (await api.get<KubeObject & { spec: { template: { spec: { containers: { image: string }[] } } } }>(target)).spec
        .template.spec.containers[0]?.image,
    valueOf: async (path: string) => Object.values((await api.get<Held>(path)).data)[0],
  };
}

/** Whoever restores, and their token. */
async function restorer(lab: JoinedLab, namespace: string) {
  const api = lab.api();
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const rights = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await api.create(accounts, { metadata: { name: 'ada' } });
  const verbs = ['get', 'list', 'abort', 'restore'];
  const resources = ['releases', 'releasepolicies'];
  await api.create(`${rights}/roles`, {
    metadata: { name: 'restorer' },
    rules: [{ apiGroups: ['sluice.dev'], resources, verbs }],
  });
  await api.create(`${rights}/rolebindings`, {
    metadata: { name: 'restorer' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'restorer' },
    subjects: [{ kind: 'ServiceAccount', name: 'ada', namespace }],
  });
  const { status } = await api.create<{ readonly status: { readonly token: string } }>(`${accounts}/ada/token`, {
    spec: { audiences: ['sluice'], expirationSeconds: 3_600 },
  });
  return { authorization: `Bearer ${status.token}` };
}

describe.runIf(await needsLab())('a restore in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let said = '';

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  }, 300_000);

  async function controller(namespace: string, kubeconfig: string) {
    const settings = join(await tempDir(), 'settings.yaml');
    await writeFile(settings, stringify({ sources: { pods: { scrape: { interval: '250ms' } } } }));
    const words = ['--settings', settings, '--namespace', namespace, '--listen', '127.0.0.1:0', '--compress', '60'];
    const started = startSluice(['controller', ...words, '--kubeconfig', kubeconfig, '--log-level', 'debug'], {
      atEnd,
    });
    const from = said.length;
    for (const stream of [started.child.stdout, started.child.stderr])
      stream?.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    const address = (): string | undefined => /API at (http:\S+)/.exec(said.slice(from))?.[1];
    await eventually(() => address() !== undefined, patience);
    return { ...started, url: `${address()}/api/v1` };
  }

  it('brings back Deployment, ConfigMaps and Secret as they were for stable', { timeout: 400_000 }, async () => {
    const service = await aService(lab);
    const { account, configMaps, namespace, policy, releases, secrets, target, valueOf } = service;
    const token = await restorer(lab, namespace);
    const first = await controller(namespace, account.kubeconfig);
    const points = async (): Promise<readonly { readonly holds: string }[]> =>
      ((await getJson(`${first.url}/policies/app/backups`, token)).body as { readonly points: [] }).points;
    // One is there as soon as a revision is stable.
    await eventually(async () => (await points()).length === 1, patience);
    const stable = (await policy()).status?.stable ?? '';
    const [point] = await points();
    expect(point).toMatchObject({ revision: stable, holds: expect.stringContaining('2 ConfigMaps, 1 Secret') });

    // Whoever may write ConfigMaps plants one: as a controller leaves it that is killed before the status lists it.
    const listed = (await policy()).status?.rollbackPoints?.[0]?.configMap ?? '';
    const { data } = await service.api.get<Held>(`${configMaps}/${listed}`);
    const forged = { 'manifest.json': data['manifest.json']?.replace(/"id":"[^"]+"/, '"id":"planted"') ?? '' };
    const planted = { metadata: { name: 'app-backup-planted', labels: { 'sluice.dev/backup': 'app' } }, data: forged };
    await service.api.create(configMaps, planted);
    const order = { reason: 'wrong prices', to: null, overwrite: [] as readonly string[] };
    const trusting = await postJson(`${first.url}/policies/app/restore`, { ...order, to: 'planted' }, token);
    expect(JSON.stringify(trusting.body)).toContain("the policy's status does not list it");
    expect(await points()).toHaveLength(1);

    // As `kubectl apply` of a whole folder does: the Deployment comes last.
    await service.config('app-config', 'good morning');
    await service.config('z-config', 'good morning', { immutable: true });
    await service.secret('new-password');
    await service.push('app:v2');
    const release = await eventually(async () => (await releases())[0] ?? null, patience);
    const id = release.metadata.name;
    const seen = async () => (await getJson(`${first.url}/releases/${id}`, token)).body as ReleaseView;
    const itsGates = async (): Promise<readonly string[]> =>
      (await seen()).checklist
        .filter(({ name }) => name === 'backup' || name === 'rollback-point')
        .map(({ state }) => state);
    await expect.poll(itsGates, { timeout: patience.withinMs }).toEqual(['passed', 'passed']);
    const abort = { revision: (await seen()).revision, reason: 'wrong prices' };
    expect((await postJson(`${first.url}/releases/${id}/abort`, abort, token)).status).toBe(200);
    await eventually(async () => ['rolledBack', 'failed'].includes((await seen()).phase), patience);

    const dry = await eventually(async () => {
      const answered = await postJson(`${first.url}/policies/app/restore`, { ...order, dryRun: true }, token);
      const { items = [] } = (answered.body ?? {}) as Partial<RestoreReport>;
      return items.length === 4 && items.every(({ state }) => state === 'restore') ? items : null;
    }, patience);
    expect(dry.find(({ name }) => name === 'Secret db')?.diff).toEqual(['PASSWORD changed']);
    expect(await valueOf(`${configMaps}/app-config`)).toBe('good morning');

    // z-config cannot be written: the restore is in its middle, and the controller is killed there.
    const named = { ...order, overwrite: ['all'] };
    const restoring = postJson(`${first.url}/policies/app/restore`, named, token).catch(() => null);
    await eventually(async () => (await valueOf(`${configMaps}/app-config`)) === 'hello', patience);
    first.child.kill('SIGKILL');
    await Promise.all([first.exited, restoring]);
    expect([await service.image(), await valueOf(`${secrets}/db`)]).toEqual(['app:v2', base64('new-password')]);

    await service.api.delete(`${configMaps}/z-config`);
    const second = await controller(namespace, account.kubeconfig);
    await eventually(async () => (await service.image()) === 'app:v1', patience);
    expect(await valueOf(`${secrets}/db`)).toBe(base64(canary));
    expect(await valueOf(`${configMaps}/z-config`)).toBe('hello');

    // The same again finds nothing left to do, and the checklist says how it stands.
    const done = await eventually(async () => {
      const answered = await postJson(`${second.url}/policies/app/restore`, order, token);
      return answered.status === 200 ? (answered.body as RestoreReport) : null;
    }, patience);
    expect(done.items.every(({ state }) => state === 'same')).toBe(true);
    const checked = Object.fromEntries(done.checklist.map(({ name, state }) => [name, state]));
    expect(checked).toMatchObject({
      'everything is back': 'passed',
      'the previous version runs, and is stable': 'passed',
      documented: 'passed',
    });
    const log = (await getJson(`${second.url}/releases/${id}/log`, token)).body;
    expect(JSON.stringify(log)).toContain('Restored');
    await eventually(
      async () => (await policy()).status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
      patience,
    );
    expect([(await policy()).status?.stable, (await releases()).length]).toEqual([stable, 1]);

    // The release's own point has cleared away what was planted; one that is altered is refused, and none takes its place.
    const { items } = await service.api.list(configMaps);
    expect(items.map(({ metadata }) => metadata.name)).not.toContain('app-backup-planted');
    const newest = (await policy()).status?.rollbackPoints?.[0];
    await service.api.patch(`${configMaps}/${newest?.configMap}`, { data: forged });
    const altered = await postJson(`${second.url}/policies/app/restore`, { ...named, to: newest?.id ?? '' }, token);
    expect(JSON.stringify(altered.body)).toContain('is not what was verified');

    // The Secret's content is in Secrets, and nowhere else.
    const everything = await Promise.all(
      [configMaps, `/api/v1/namespaces/${namespace}/events`, `/apis/apps/v1/namespaces/${namespace}/deployments`].map(
        (folder) => service.api.list(folder),
      ),
    );
    const told = JSON.stringify([everything, await releases(), await policy(), done, dry, said]);
    for (const word of [canary, base64(canary), 'new-password', base64('new-password')])
      expect(told).not.toContain(word);
    expect(account.refused()).toEqual([]);
    expect(target).toContain(namespace);
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  });
});
