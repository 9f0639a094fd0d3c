/** The runbook in a cluster: gates and approvals before anything moves, pods before weights, and a watch that goes back. */
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { ReleaseView } from '../../../src/report/release-view.ts';
import { label } from '../../../src/workload/kubernetes/labels.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import { account } from '../../lab/person.ts';
import { followRising } from '../../lab/rising.ts';
import { podsOf, samplePort } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { deliveredSpec } from '../../support/delivered-service.ts';
import { documentedRoles, grant } from '../../support/documented-roles.ts';
import { eventually } from '../../support/eventually.ts';
import { getJson, postJson } from '../../support/http-server.ts';
import { type KeptController, keepController } from '../../support/kept-controller.ts';
import { anOperatedService, type OperatedService, takenOver } from '../../support/operated-service.ts';

const patience = { withinMs: 180_000, everyMs: 100 };

const runbook = (namespace: string) => ({
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
      drain: '2m',
      verify: 'config',
      whenUnjudgeable: 'hold',
    },
  }),
  gates: [
    { name: 'stable', check: 'stable' },
    { name: 'monitoring', check: 'monitoring' },
    { name: 'on-call', check: 'onCall' },
    { name: 'tests', attested: { coverage: '>= 80 %', failed: '= 0' }, by: [`system:serviceaccount:${namespace}:ci`] },
  ],
  approvals: [{ name: 'technical' }, { name: 'security', by: [`system:serviceaccount:${namespace}:eve`] }],
  contacts: { primary: ['devops lead <devops@example.com>'] },
});

/** Where it stood when it failed. */
const lookAtEnd = (test: TestContext, { policy, releases }: OperatedService, controller: KeptController): void =>
  test.onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const stood = (await releases()).map(({ status }) => [status?.phase, status?.weight, status?.message]);
    console.error(JSON.stringify([(await policy()).status, stood]), controller.output().slice(-6_000));
  });

describe.runIf(await needsLab())('the runbook in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  /** Two people with the documented role, as the API of the controller knows them. */
  const people = async ({ namespace }: OperatedService, url: () => string) => {
    const [ci, eve] = [await account(lab, namespace, 'ci'), await account(lab, namespace, 'eve')];
    const [, operating] = await documentedRoles();
    if (operating === undefined) throw new Error('the page gives no role for orders');
    await grant(lab, namespace, operating, [ci.subject, eve.subject]);
    const headers = { ci: await ci.token('sluice'), eve: await eve.token('sluice') };
    const order = async (who: keyof typeof headers, path: string, body: object) => {
      // The same order twice has the effect of once.
      await eventually(async () => {
        const answer = await postJson(`${url()}/api/v1/${path}`, body, headers[who]);
        expect([path, answer.status, answer.body]).toEqual([path, 200, answer.body]);
        return true;
      }, patience);
    };
    const view = async (): Promise<ReleaseView | null> => {
      const listed = await getJson(`${url()}/api/v1/releases?active=true`, headers.eve);
      return (listed.body.releases as readonly ReleaseView[])[0] ?? null;
    };
    return { headers, order, view };
  };

  it('is kept, with users behind Envoy all the while', { timeout: 600_000 }, async (test) => {
    const service = await anOperatedService(lab, runbook, { replicas: 4 });
    const { api, host, namespace, policy, push, releases } = service;
    const controller = await keepController(service.startController, atEnd);
    lookAtEnd(test, service, controller);
    await takenOver(service, 'full');
    const { order, view } = await people(service, controller.url);
    const users = startClusterUsers(`http://${addresses.ingress}/`, host, atEnd);
    await eventually(() => (users.answers['v1'] ?? 0) > 50, patience);
    const ending = new AbortController();
    atEnd(() => ending.abort());
    const rises = followRising(api, { namespace, routeName: 'app' }, ending.signal);
    const stable = (await policy()).status?.stable ?? '';
    const podsOfRevision = (revision: string) => podsOf(lab, namespace, `${label.revision}=${revision}`)();
    const ended = (count: number, phase: string) =>
      eventually(async () => {
        const all = await releases();
        return all.length === count && all.some(({ status }) => status?.phase === phase);
      }, patience);

    // Gates and approvals: each waits, and nothing moves.
    await push('v2');
    const begun = await eventually(async () => {
      const release = await view();
      return release?.waiting?.reason === 'GateWaits' ? release : null;
    }, patience);
    const { id, revision } = begun;
    const tests = { revision, name: 'tests', outcome: 'pass', values: { coverage: 83.1, failed: 0 } };
    await order('ci', 'policies/app/attest', tests);
    await order('ci', `releases/${id}/approve`, { revision, approval: 'technical' });
    await eventually(async () => (await view())?.waiting?.reason === 'ApprovalPending', patience);
    expect(rises().every(({ weight }) => weight === 0)).toBe(true);
    await order('eve', `releases/${id}/approve`, { revision, approval: 'security', reason: 'pen test passed' });

    // 4, 6 and 8 pods are ready before 25, 50 and 100 % are written, and 4 are left afterwards.
    await eventually(async () => (await view())?.phase === 'watching', patience);
    const sizes = rises().map(({ weight, ready }) => [weight, ready[revision] ?? 0, ready[stable] ?? 0]);
    expect(sizes.map(([weight]) => weight)).toEqual([0, 25, 50, 100, 0]);
    expect(sizes.slice(1, 4)).toEqual([
      [25, 4, 4],
      [50, 6, 4],
      [100, 8, 4],
    ]);
    await eventually(async () => (await podsOfRevision(revision)).length === 4, patience);
    expect((await podsOfRevision(stable)).length).toBeGreaterThan(0);
    expect(users.failed).toEqual([]);

    // A breach in the watch goes back to the revision before.
    const errRate = async (errorRate: number) => {
      for (const { status } of await podsOfRevision(revision))
        await postJson(`http://${status.podIP}:${samplePort}/_control`, { errorRate });
    };
    await errRate(0.5);
    await ended(1, 'rolledBack');
    expect((await policy()).status?.stable).toBe(stable);
    const before = users.answers['v1'] ?? 0;
    await eventually(() => (users.answers['v1'] ?? 0) > before + 50, patience);
    const lost = users.failed.length;
    expect(users.failed.filter((each) => !each.endsWith('of v2'))).toEqual([]);

    await api.delete(service.policyPath);
    const policies = service.policyPath.replace(/\/app$/, '');
    await eventually(async () => (await api.list(policies)).items.length === 0, patience);
    expect((await users.stop()).failed.slice(lost)).toEqual([]);
    expect(await controller.stop()).toBe(0);
    expect(service.account.refused()).toEqual([]);
  });
});
