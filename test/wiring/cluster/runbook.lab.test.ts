/** The runbook in a cluster: gates and approvals before anything moves, pods before weights, and a watch that goes back. */
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { DeploymentReport } from '../../../src/report/deployment/deployment-report.ts';
import type { ReleaseView } from '../../../src/report/release-view.ts';
import { label } from '../../../src/workload/kubernetes/labels.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { alertmanagerUrl } from '../../lab/metrics/prometheus.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import { followRising } from '../../lab/rising.ts';
import { podsOf, samplePort } from '../../lab/sample-deployment.ts';
import { alertmanagerAt } from '../../support/alertmanager.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { runbookPeople } from '../../support/cluster-people.ts';
import { aClusterRunbook, runbookDigest } from '../../support/cluster-runbook.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { criticalAlert, expectHeldByAlert, isApproved } from '../../support/critical-alert.ts';
import { eventually } from '../../support/eventually.ts';
import { getJson, postJson } from '../../support/http-server.ts';
import { type KeptController, keepController } from '../../support/kept-controller.ts';
import { expectNoSecretInCluster } from '../../support/no-secret-in-cluster.ts';
import { type OperatedService, takenOver } from '../../support/operated-service.ts';
import { expectRunbookKept } from '../../support/runbook-kept.ts';
import { sluice } from '../../support/sluice-command.ts';
import { weightsWritten } from '../../support/weights-written.ts';

const patience = { withinMs: 180_000, everyMs: 100 };

const goodTests = { name: 'tests', outcome: 'pass', values: { coverage: 83.1, failed: 0 } };

const goodBuild = { name: 'build', outcome: 'pass', digests: [runbookDigest] };

const slowTail = [
  { name: 'SLOW_RATE', value: '0.9' },
  { name: 'SLOW_MS', value: '1100' },
];

interface Listed {
  readonly releases: readonly ReleaseView[];
}

/** Where it stood when it failed. */
const lookAtEnd = (test: TestContext, { policy, releases }: OperatedService, controller: KeptController): void =>
  test.onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const stood = (await releases()).map(({ status }) => [status?.phase, status?.weight, status?.message]);
    console.error(JSON.stringify([(await policy()).status, stood]), controller.output().slice(-6_000));
  });

const gateOf = (release: ReleaseView | null, name: string) => release?.checklist.find((each) => each.name === name);

describe.runIf(await needsLab())('the runbook in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('is kept, with users behind Envoy all the while', { timeout: 600_000 }, async (test) => {
    const stage = await aClusterRunbook(lab, atEnd);
    const { around, hooks, secrets, service } = stage;
    const { api, host, namespace, policy, push, releases } = service;
    const alerts = alertmanagerAt(alertmanagerUrl);
    atEnd(() => alerts.resolve(criticalAlert('of-somebody-else')));
    const controller = await keepController(service.startController, atEnd);
    lookAtEnd(test, service, controller);
    await takenOver(service, 'full');
    const { headers, order, view } = await runbookPeople({ lab, atEnd }, service, controller.url);
    const users = startClusterUsers(`http://${addresses.ingress}/`, host, atEnd);
    await eventually(() => (users.answers['v1'] ?? 0) > 50, patience);
    const ending = new AbortController();
    atEnd(() => ending.abort());
    const rises = followRising(api, { namespace, routeName: 'app' }, ending.signal);
    const stable = (await policy()).status?.stable ?? '';
    const podsOfRevision = (revision: string) => podsOf(lab, namespace, `${label.revision}=${revision}`)();
    /** Waits until the newest of so many is over; answers what the API and its report say of it. */
    const ended = async (count: number, phase: string) => {
      const [release] = await eventually(async () => {
        const { releases: all } = (await getJson(`${controller.url()}/api/v1/releases`, headers.eve)).body as Listed;
        return all.length === count && all[0]?.phase === phase ? all : null;
      }, patience);
      const id = release?.id ?? '';
      const { body } = await getJson(`${controller.url()}/api/v1/releases/${id}/report?format=json`, headers.eve);
      return { release: release as ReleaseView, report: body as DeploymentReport };
    };
    const cleared = async (version: string, env: readonly { readonly name: string; readonly value: string }[] = []) => {
      await push(version, env);
      const { id, revision } = await eventually(async () => {
        const release = await view();
        return release?.waiting?.reason === 'GateWaits' ? release : null;
      }, patience);
      await order('eve', `releases/${id}/override`, { revision, gate: 'tests', reason: 'flaky runner' });
      await order('ci', 'policies/app/attest', { revision, ...goodBuild });
      await order('ci', `releases/${id}/approve`, { revision, approval: 'technical' });
      await order('eve', `releases/${id}/approve`, { revision, approval: 'security' });
      return { id, revision };
    };

    // Gates and approvals: each waits, and nothing moves.
    await push('v2');
    const begun = await eventually(async () => {
      const release = await view();
      return release?.waiting?.reason === 'GateWaits' ? release : null;
    }, patience);
    const { id, revision } = begun;
    await alerts.raise(criticalAlert('of-somebody-else'));
    await order('ci', 'policies/app/attest', { revision, ...goodTests });
    await eventually(async () => gateOf(await view(), 'build')?.evidence.includes('no result'), patience);
    await order('ci', 'policies/app/attest', { revision, ...goodBuild });
    await order('ci', `releases/${id}/approve`, { revision, approval: 'technical' });
    await eventually(async () => (await view())?.waiting?.reason === 'ApprovalPending', patience);
    await order('ci', `releases/${id}/approve`, { revision, approval: 'technical', revoke: true });
    await eventually(async () => gateOf(await view(), 'technical')?.state === 'waiting', patience);
    await order('ci', `releases/${id}/approve`, { revision, approval: 'technical' });
    expect(rises().every(({ weight }) => weight === 0)).toBe(true);
    // Everything is there, and a critical alert of the service fires: it waits, until that is over. Others' alerts are theirs.
    await alerts.raise(criticalAlert(namespace));
    await eventually(async () => (await view())?.waiting?.reason === 'CheckFailed', patience);
    await order('eve', `releases/${id}/approve`, { revision, approval: 'security', reason: 'pen test passed' });
    const held = await eventually(async () => {
      const release = await view();
      return release !== null && isApproved(release) ? release : null;
    }, patience);
    expectHeldByAlert(held);
    expect(gateOf(held, 'monitoring-targets')?.evidence).toMatch(/\d of \d targets are up$/);
    expect(gateOf(held, 'capacity')?.evidence).toMatch(/\d/);
    expect(gateOf(held, 'build')?.evidence).toContain('app sha256:5');
    await alerts.resolve(criticalAlert(namespace));
    const webhook = `${controller.url()}/webhooks/alertmanager`;
    const message = { version: '4', alerts: [{ status: 'firing', labels: criticalAlert('of-somebody-else') }] };
    expect((await postJson(webhook, message, headers.eve)).status).toBe(403);
    expect(await postJson(webhook, message, headers.pager)).toMatchObject({ status: 200, body: { taken: 1 } });

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
    const first = await ended(1, 'rolledBack');
    expect(first.report).toMatchObject({ status: 'rollback', rollback: { executed: true, rule: 'error_rate' } });
    expect(first.report.chart.weight.applied.map(({ percent }) => percent)).toEqual(
      rises().map(({ weight }) => weight),
    );
    expect((await policy()).status?.stable).toBe(stable);
    const before = users.answers['v1'] ?? 0;
    await eventually(() => (users.answers['v1'] ?? 0) > before + 50, patience);
    const lost = users.failed.length;
    expect(users.failed.filter((each) => !each.endsWith('of v2'))).toEqual([]);

    // A check that fails at 25 % takes it back, and what came with it goes back by a restore.
    const since = rises().length;
    hooks.fail('/journeys');
    await around.configure('broken', secrets.text('db-broken'));
    await cleared('v3');
    const failing = await ended(2, 'rolledBack');
    hooks.heal('/journeys');
    expect(failing.release).toMatchObject({ cause: { reason: 'CheckFailed' }, rollback: { rule: null } });
    expect(failing.release.cause?.message).toContain('journeys');
    const by = ['-n', namespace, '--kubeconfig', lab.kubeconfig('alice')];
    const reason = ['--reason', 'v3 spoiled it'];
    const restored = await sluice(['restore', 'app', '--yes', '-o', 'json', ...reason, ...by]);
    expect([restored.code, await around.configured()], restored.err).toEqual([0, ['hello', secrets.text('db')]]);
    const good = (name: string): unknown => expect.objectContaining({ name, state: 'passed' });
    expect(JSON.parse(restored.out)).toMatchObject({
      point: { holds: expect.stringContaining(`elsewhere: dump of ${stable}`) },
      checklist: expect.arrayContaining(
        ['everything is back', 'data is sound: orders', 'data is sound: stock', 'documented'].map(good),
      ),
    });
    expect(hooks.calls('/orders').length).toBe(1);
    // It is told in the order, too, and without what it brought back.
    const orders = await lab.api().list(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releaseorders`);
    expect(JSON.stringify(orders)).toContain('GREETING changed');
    expect(JSON.stringify(orders)).not.toMatch(/hello|broken/);

    // A warning that nobody answers calls the next tier, and the weight stays; then a Job fails.
    around.tellJobs('wait');
    await cleared('v4', slowTail);
    await eventually(async () => (await view())?.weight.applied === 25, patience);
    await eventually(() => hooks.pages('/database-pager').length > 0, patience);
    expect(await view()).toMatchObject({ waiting: { reason: 'InvestigationOpen' }, weight: { applied: 25 } });
    around.tellJobs('ill');
    const unanswered = await ended(3, 'rolledBack');
    expect(unanswered.release).toMatchObject({ cause: { reason: 'CheckFailed' } });
    expect(unanswered.release.cause?.message).toMatch(/smoke.* is ill/);
    expect(unanswered.report.issues.map(({ reason }) => reason)).toContain('InvestigationOpened');

    // What the reports say is what was done to the traffic.
    expect(
      rises()
        .slice(since)
        .map(({ weight }) => weight),
    ).toEqual([25, 0, 25, 0]);
    for (const { report } of [failing, unanswered]) {
      expect(report.chart.weight.applied.map(({ percent }) => percent)).toEqual([0, 25, 0]);
      expect(report.impact.failed).toBe(0);
    }
    expect(users.failed.slice(lost)).toEqual([]);
    // Whoever was asked last may have ended before its last count was read.
    expect(first.report.impact.failed).toBeLessThanOrEqual(lost);
    expect(first.report.impact.failed).toBeGreaterThan(lost * 0.8);
    expect(failing.report.impact.requests).toBeGreaterThan(users.answers['v3'] ?? 0);
    expect(weightsWritten(lab, namespace)).toEqual(rises().map(({ weight }) => weight));

    expect(failing.report.checklist.find(({ name }) => name === 'tests')).toMatchObject({ state: 'overridden' });
    const of = (name: string, what: readonly string[]): readonly string[] =>
      what.map((each) => `system:serviceaccount:${namespace}:${name} ${each}`);
    const given = [...of('ci', ['Attested', 'ApprovalRevoked']), ...of('eve', ['Approved', 'GateOverridden'])];
    const ids = [first, failing, unanswered].map(({ release }) => release.id);
    const happened = { releases: ids, kept: 3, orders: [...given, 'alice Restored'], told: ['team', 'database'] };
    await expectRunbookKept({ url: controller.url, headers: headers.eve }, happened);
    for (const [name, { authorization }] of Object.entries(headers)) stage.tokens[name] = authorization.slice(7);
    await expectNoSecretInCluster(stage, {
      api,
      output: controller.output(),
      asked: {
        url: controller.url(),
        headers: headers.eve,
        releases: (await releases()).map(({ metadata }) => metadata.name),
      },
    });

    await api.delete(service.policyPath);
    const policies = service.policyPath.replace(/\/app$/, '');
    await eventually(async () => (await api.list(policies)).items.length === 0, patience);
    expect((await users.stop()).failed.slice(lost)).toEqual([]);
    expect(await controller.stop()).toBe(0);
    // But for the false name that it tried.
    expect(service.account.refused().filter((call) => !call.includes('releaseorders?dryRun=All'))).toEqual([]);
  });
});
