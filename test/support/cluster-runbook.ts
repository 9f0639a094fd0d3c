/** The runbook's words for a service in the lab, and what stands around it: hooks, a Job that waits for its word, a ConfigMap and a Secret. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import type { Api, KubeObject } from '../lab/api/api.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import { alertmanagerUrl, prometheusUrl } from '../lab/metrics/prometheus.ts';
import type { AtEnd } from './at-end.ts';
import { deliveredSpec } from './delivered-service.ts';
import { anOperatedService } from './operated-service.ts';
import { plantedTargets, plantedVariable } from './planted-policy.ts';
import { plantSecrets } from './planted-secrets.ts';
import { startRunbookHooks } from './runbook-hooks.ts';
import { cronJobPath, suspendedCronJob } from './suspended-cron-job.ts';
import { tempDir } from './temp-dir.ts';

/** Of targets of notices whose services refuse. */
const plantedNames = Array.from({ length: 10 }, (_, at) => `planted-${at}`);

const runbookOf = (namespace: string): object => ({
  ...deliveredSpec({
    plan: {
      steps: [
        { weight: 25, bake: '1m', replicas: 4 },
        { weight: 50, bake: '1m', replicas: 6 },
        { weight: 100, bake: '1m', replicas: '200%' },
      ],
      readyWithin: '3h',
      scaleWithin: '3h',
      maxDuration: '20h',
      watchFor: '20h',
      drain: '40s',
      answerWithin: '1m',
      verify: 'config',
      whenUnjudgeable: 'hold',
    },
  }),
  rules: {
    inline: {
      error_rate: { threshold: '5%', window: '1m', alert: 'critical' },
      response_time_p95: { threshold: '1s', window: '1m', alert: 'warning' },
    },
  },
  backup: { secrets: 'included', hook: { job: { cronJob: 'dump', timeout: '1h' } } },
  gates: [
    { name: 'stable', check: 'stable' },
    { name: 'monitoring', check: 'monitoring', targets: { source: 'main', atLeast: 4 } },
    { name: 'capacity', query: { source: 'main', promql: 'count(up{namespace="{namespace}"} == 1)', require: '>= 4' } },
    { name: 'build', image: { attested: 'build' }, by: [`system:serviceaccount:${namespace}:ci`] },
    { name: 'on-call', check: 'onCall' },
    { name: 'tests', attested: { coverage: '>= 80 %', failed: '= 0' }, by: [`system:serviceaccount:${namespace}:ci`] },
  ],
  approvals: [{ name: 'technical' }, { name: 'security', by: [`system:serviceaccount:${namespace}:eve`] }],
  checks: [
    { name: 'no-alert', alertmanager: { source: 'alerts', labels: { service: namespace }, every: '5s' } },
    { name: 'migrations', at: ['beforeTraffic'], job: { cronJob: 'migrations', timeout: '1h' } },
    {
      name: 'journeys',
      at: ['afterWeight'],
      http: {
        ...{ to: 'hooks', path: '/journeys?revision={revision}&weight={weight}', contains: '"ok":true' },
        ...{ event: 'structured', sign: { secret: 'hook' } },
      },
    },
    { name: 'orders', at: ['onRestore'], http: { to: 'hooks', path: '/orders', contains: '"ok":true' } },
    { name: 'stock', at: ['onRestore'], job: { cronJob: 'stock', timeout: '1h' } },
    { name: 'smoke', at: ['afterWeight'], job: { cronJob: 'smoke', timeout: '1h', retries: 0 } },
  ],
  notify: ['team', 'database', ...plantedNames].map((to) => ({ to })),
  contacts: {
    primary: ['devops lead <devops@example.com>'],
    secondary: [{ name: 'database team', target: 'database' }],
  },
});

/** Of the image that CI built, whatever version it serves. */
export const runbookDigest = `sha256:${'5'.repeat(64)}`;

/** Where its pods find the ConfigMap and the Secret; they serve on for as long as a busy mesh may send some. */
const runbookContainer = {
  image: `app@${runbookDigest}`,
  envFrom: [{ configMapRef: { name: 'app-config' } }, { secretRef: { name: 'db' } }],
  lifecycle: { preStop: { sleep: { seconds: 3 } } },
} as const;

/** A service that is about to be delivered by it. */
export async function aClusterRunbook(lab: JoinedLab, atEnd: AtEnd) {
  const hooks = await startRunbookHooks(atEnd);
  const folder = await tempDir(atEnd);
  const tokens: Record<string, string> = {};
  const secrets = plantSecrets(folder, tokens);
  const targets = plantedTargets(secrets, hooks.origin).map(({ name: _name, ...target }, at) => [
    plantedNames[at],
    target,
  ]);
  atEnd(() => Reflect.deleteProperty(process.env, plantedVariable));
  const told = (path: string): object => ({ webhook: { url: `${hooks.origin}/${path}` }, hears: 'all' });
  const service = await anOperatedService(lab, runbookOf, {
    sources: {
      pods: { scrape: { interval: '250ms' } },
      main: { prometheus: { url: prometheusUrl, interval: '1s' } },
      alerts: { alertmanager: { url: alertmanagerUrl } },
    },
    scraped: 'scraped',
    ...{ replicas: 4, container: runbookContainer, words: ['--log-level', 'debug'] },
    hooks: { hooks: { url: hooks.origin, tokenFile: secrets.file('hooks').file } },
    notify: { ...Object.fromEntries(targets), team: told('releases'), database: told('database-pager') },
    set: ['backup.secrets=true', 'checks.secrets={hook}'],
    signingSecrets: ['hook'],
  });
  const places = { namespace: service.namespace, gate: join(folder, 'gate'), key: secrets.text('sign') };
  const around = await aroundRunbook(lab.api(), places);
  await around.configure('hello', secrets.text('db'));
  around.tellJobs('well');
  const config = parse(readFileSync(service.account.kubeconfig, 'utf8')) as Kubeconfig;
  tokens['kubeconfig'] = config.users[0]?.user.token ?? '';
  return { around, hooks, secrets, service, tokens };
}

interface Kubeconfig {
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

interface Around {
  /** What a Job says of a weight from now on; before its first word it waits. */
  tellJobs(word: 'well' | 'wait' | 'ill'): void;
  /** As `kubectl apply` does. */
  configure(greeting: string, password: string): Promise<void>;
  configured(): Promise<readonly [greeting: string | undefined, password: string | undefined]>;
}

interface Places {
  readonly namespace: string;
  /** File that Jobs look at. */
  readonly gate: string;
  /** That signs what hooks are told. */
  readonly key: string;
}

interface Held extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

async function aroundRunbook(api: Api, { gate, key, namespace }: Places): Promise<Around> {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const config = `${folders(namespace).configMaps}/app-config`;
  const secret = (name: string, stringData: object): Promise<unknown> =>
    api.apply(`${secrets}/${name}`, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });
  for (const [name, script] of [
    ['smoke', smoke],
    ['migrations', 'echo nothing to migrate'],
    ['dump', 'echo "dump of $SLUICE_STABLE_REVISION"'],
    ['stock', 'echo "$SLUICE_STAGE: nothing is missing"'],
  ] as const)
    await api.apply(
      cronJobPath(namespace, name),
      suspendedCronJob({ name, script, env: [{ name: 'GATE', value: gate }] }),
    );
  await secret('hook', { key });
  return {
    tellJobs: (word) => writeFileSync(gate, word),
    configure: async (greeting, password) => {
      const head = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app-config' } };
      await api.apply(config, { ...head, data: { GREETING: greeting } });
      await secret('db', { PASSWORD: password });
    },
    configured: async () => {
      const [held, hidden] = await Promise.all([api.get<Held>(config), api.get<Held>(`${secrets}/db`)]);
      return [held.data['GREETING'], Buffer.from(hidden.data['PASSWORD'] ?? '', 'base64').toString()];
    },
  };
}

const smoke =
  'until grep -q ll "$GATE" 2>/dev/null; do sleep 0.2; done; echo "$SLUICE_REVISION at $SLUICE_WEIGHT is $(cat "$GATE")"; grep -q well "$GATE"';
