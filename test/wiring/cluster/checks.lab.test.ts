/** Checks and hooks of a policy in a cluster, under the shipped role: at every stage, over a killed controller, and with a rollback that waits for none of them. */
import { createHmac } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { deliveredSpec } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { anOperatedService, takenOver } from '../../support/operated-service.ts';
import { cronJobPath, suspendedCronJob } from '../../support/suspended-cron-job.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startUpstream } from '../../support/upstream.ts';

const patience = { withinMs: 120_000 };

interface JobSeen extends KubeObject {
  readonly spec: { readonly activeDeadlineSeconds: number; readonly ttlSecondsAfterFinished: number };
  readonly status?: { readonly active?: number; readonly succeeded?: number };
}

interface Kept {
  readonly checks: readonly {
    readonly demand: { readonly name: string };
    readonly runs: readonly { readonly place: string; readonly state: string; readonly message: string }[];
  }[];
}

const stages = ['beforeTraffic', 'afterWeight', 'beforePromotion', 'afterPromotion', 'onRollback', 'onFailure'];

const spec = {
  ...deliveredSpec({
    plan: {
      steps: [
        { weight: 25, bake: '10s' },
        { weight: 100, bake: '20s' },
      ],
      ...{ readyWithin: '20m', scaleWithin: '20m', watchFor: '20s', drain: '10s' },
      ...{ verify: 'config', whenUnjudgeable: 'hold' },
    },
  }),
  checks: [
    {
      name: 'told',
      at: stages,
      onFail: 'record',
      http: { to: 'ci', path: '/told/{stage}', ...{ event: 'structured', sign: { secret: 'hook' } } },
    },
    { name: 'ready', at: ['beforeTraffic'], http: { url: '{canary}/healthz' } },
    { name: 'health', health: { url: '{stable}/healthz', every: '1s' } },
    { name: 'smoke', at: ['afterWeight'], job: { cronJob: 'smoke', timeout: '5m', retries: 0 } },
  ],
  gates: [{ name: 'on-call', http: { to: 'ci', path: '/on-call' } }],
};

const smokeScript = 'until [ -e "$GATE" ]; do sleep 0.2; done; echo "$SLUICE_REVISION is fine at $SLUICE_WEIGHT"';

async function aReceiver(atEnd: ReturnType<typeof suiteEnd>) {
  const events: { readonly id: string; readonly type: string; readonly isSigned: boolean }[] = [];
  const { origin } = await startUpstream((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      response.end('ok');
      if (request.method !== 'POST') return;
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
      const expected = createHmac('sha256', 'of the cluster')
        .update(`${String(id)}.${String(at)}.${text}`)
        .digest('base64');
      const { id: told, type } = JSON.parse(text) as { readonly id: string; readonly type: string };
      events.push({ id: told, type, isSigned: signature === `v1,${expected}` });
    });
  }, atEnd);
  return { events, origin };
}

describe.runIf(await needsLab())('checks in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('are asked once, whoever leads, and hold up no rollback', { timeout: 400_000 }, async () => {
    const { events, origin } = await aReceiver(atEnd);
    const service = await anOperatedService(lab, spec, {
      hooks: { ci: { url: origin } },
      signingSecrets: ['hook'],
      set: ['checks.secrets={hook}'],
    });
    const { api, host, namespace, push, releases } = service;
    const gate = join(await tempDir(), 'gate');
    const env = [{ name: 'GATE', value: gate }];
    await api.apply(cronJobPath(namespace, 'smoke'), suspendedCronJob({ name: 'smoke', script: smokeScript, env }));
    await api.apply(`/api/v1/namespaces/${namespace}/secrets/hook`, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hook' } },
      stringData: { key: 'of the cluster' },
    });
    const jobs = async () => (await api.list<JobSeen>(`/apis/batch/v1/namespaces/${namespace}/jobs`)).items;
    const kept = async (index: number): Promise<Kept['checks']> => {
      const record = ((await releases())[index]?.status as { readonly record?: string } | undefined)?.record ?? '{}';
      return (JSON.parse(record) as Partial<Kept>).checks ?? [];
    };
    const phaseOf = async (count: number) => {
      const all = await releases();
      return all.length === count ? all.map(({ status }) => status?.phase).join() : '';
    };

    const first = service.startController();
    await takenOver(service, 'full');
    startClusterUsers(`http://${addresses.ingress}/`, host, atEnd);
    await push('v2');
    // The Job hangs, and the controller dies: the next one finds it under its name.
    const [hanging] = await eventually(async () => {
      const all = await jobs();
      return all.some(({ status }) => status?.active === 1) ? all : null;
    }, patience);
    first.child.kill('SIGKILL');
    await first.exited;
    await writeFile(gate, '');
    const second = service.startController();
    await eventually(async () => (await phaseOf(1)) === 'succeeded', patience);
    const done = await jobs();
    expect(
      done.map(({ metadata }) => metadata.annotations?.['sluice.dev/question']?.split('/').slice(1).join('/')),
    ).toEqual(expect.arrayContaining(['afterWeight/0/smoke/1', 'afterWeight/1/smoke/1']));
    expect(done).toHaveLength(2);
    expect(done.map(({ metadata }) => metadata.uid)).toContain(hanging?.metadata.uid);
    expect(hanging?.metadata).toMatchObject({ ownerReferences: [expect.objectContaining({ kind: 'Release' })] });
    expect(hanging?.spec).toMatchObject({ activeDeadlineSeconds: 300, ttlSecondsAfterFinished: 86_400 });
    // What is told after the promotion may be answered after its end.
    const isAnswered = ({ runs }: Kept['checks'][number]): boolean => runs.every(({ state }) => state !== 'pending');
    const checks = await eventually(async () => {
      const all = await kept(0);
      return all.every(isAnswered) ? all : null;
    }, patience);
    const smoke = checks.find(({ demand }) => demand.name === 'smoke');
    expect(smoke?.runs.map(({ place, state }) => [place, state])).toEqual([
      ['afterWeight/0', 'passed'],
      ['afterWeight/1', 'passed'],
    ]);
    expect(smoke?.runs[0]?.message).toMatch(/^Job smoke-\w+ is done; it said: \w+ is fine at 25$/);
    expect(checks.flatMap(({ runs }) => runs).filter(({ state }) => state !== 'passed')).toEqual([]);
    // Each stage was told; who was told twice was told so by the id.
    expect(events.every(({ isSigned }) => isSigned)).toBe(true);
    expect(new Set(events.map(({ id }) => id.split('/').slice(1).join('/')))).toEqual(
      new Set([
        'beforeTraffic/told/1',
        'afterWeight/0/told/1',
        'afterWeight/1/told/1',
        'beforePromotion/told/1',
        'afterPromotion/told/1',
      ]),
    );

    // A breach while the Job hangs again.
    await rm(gate);
    await push('v3', [{ name: 'ERROR_RATE', value: '0.5' }]);
    await eventually(async () => (await phaseOf(2)).includes('rolledBack'), patience);
    await eventually(() => events.some(({ type }) => type === 'dev.sluice.check.onRollback'), patience);
    // Nobody waits for its answer any more, so it does not run any more.
    await eventually(async () => (await jobs()).every(({ status }) => (status?.active ?? 0) === 0), patience);
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
    expect(service.account.refused()).toEqual([]);
  });
});
