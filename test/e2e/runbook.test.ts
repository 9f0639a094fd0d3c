/** The whole runbook, as it ships: gates, approvals, backup, scaling, checks, watch, escalation and restore, on real processes with real users. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { DeploymentReport } from '../../src/report/deployment/deployment-report.ts';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.ts';
import { endOf } from '../support/at-end.ts';
import { criticalAlert, expectHeldByAlert, isApproved } from '../support/critical-alert.ts';
import { openEventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { expectNoHelpSaid } from '../support/no-help-said.ts';
import { expectNoSecretTold, type Overheard } from '../support/no-secret-told.ts';
import { plantedAccess, plantedTargets, plantedVariable } from '../support/planted-policy.ts';
import { plantSecrets } from '../support/planted-secrets.ts';
import { must } from '../support/proxy.ts';
import { readyOf, watchSizes } from '../support/ready-instances.ts';
import { latencyRule, slowTail } from '../support/real-runs.ts';
import { approvers, goodResults, runbookSpec, runbookTokens, shortTimes, tokenFileIn } from '../support/runbook.ts';
import { startRunbookHooks } from '../support/runbook-hooks.ts';
import { expectRunbookKept } from '../support/runbook-kept.ts';
import { ended, holdsFor } from '../support/standing.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWorld, type World } from '../support/world.ts';
import { errorRule, sampleTarget } from '../support/world-files.ts';

const patienceMs = 150_000;

interface Stage extends Overheard {
  readonly alertmanager: AlertmanagerServer;
  readonly config: string;
  /** File that nobody else may read, kept with the other. */
  readonly keptSecret: string;
}

/** The shipped file, but for addresses, bakes, and rules that suit a test's traffic. */
async function aRunbook(test: TestContext): Promise<Stage> {
  const atEnd = endOf(test);
  const hooks = await startRunbookHooks(atEnd);
  const alertmanager = await startAlertmanager(atEnd);
  const folder = await tempDir(atEnd);
  const config = join(folder, 'app.yaml');
  writeFileSync(config, 'template: old\n');
  const secrets = plantSecrets(folder, runbookTokens);
  const keptSecret = secrets.file('kept').file;
  const {
    rules: _rules,
    traffic: _traffic,
    plan,
    ...spec
  } = runbookSpec({
    'https://hooks.example.com': hooks.origin,
    'event: structured': `event: structured, sign: ${JSON.stringify(secrets.file('sign'))}, headers: { Authorization: Bearer ${secrets.text('check')} }`,
    'http://127.0.0.1:9093': alertmanager.url,
    '[/etc/app/app.yaml, /etc/app/templates]': JSON.stringify([config, keptSecret]),
    ...shortTimes,
    'onUnanswered: hold': 'onUnanswered: rollback',
    // There is no node exporter here.
    'min(node_memory_MemAvailable_bytes{job="node"}) / 2^30': 'sum(up{job="app"})',
  });
  const sources = {
    main: plantedAccess(secrets, 'prometheus'),
    alerts: { alertmanager: { url: alertmanager.url, ...plantedAccess(secrets, 'alertmanager') } },
  };
  const notify = [...(spec['notify'] as readonly object[]), ...plantedTargets(secrets, hooks.origin)];
  atEnd(() => Reflect.deleteProperty(process.env, plantedVariable));
  const world = await startWorld(test, {
    rules: errorRule + latencyRule('warning'),
    tokens: runbookTokens,
    plan: plan as Readonly<Record<string, unknown>>,
    words: ['--log-level', 'debug', '--keep', '2'],
    spec: { ...spec, notify, sources, target: { ...sampleTarget('v1', {}, 4), revision: 'v1' } },
  });
  const authorization = `Bearer ${runbookTokens['ada']}`;
  const events = await openEventStream(`${world.controller.url()}/api/v1/events`, { authorization }, atEnd);
  const tokenFile = (name: string): string => tokenFileIn(folder, name);
  return { world, hooks, alertmanager, config, secrets, keptSecret, events, tokenFile };
}

const reportOf = async (world: World): Promise<DeploymentReport> =>
  must(await world.api().report((await world.release()).id));

/** All that CI and people have to say about a revision. */
async function cleared({ secrets, world }: Stage, revision: string): Promise<void> {
  await posted(world, revision);
  await world.start(revision, { replicas: 4, env: { DB_PASSWORD: secrets.text('database') } });
  await approved(world, revision, Object.keys(approvers) as readonly (keyof typeof approvers)[]);
}

async function posted(world: World, revision: string): Promise<void> {
  for (const [name, values] of Object.entries(goodResults))
    must(await world.api('ci').attest('app', { name, revision, outcome: 'pass', values }));
}

async function approved(world: World, revision: string, names: readonly (keyof typeof approvers)[]): Promise<void> {
  const { id } = await world.release();
  for (const approval of names) must(await world.api(approvers[approval]).act(id, 'approve', { revision, approval }));
}

describe.runIf(needs('prometheus') && needs('prometheus-alertmanager'))('the runbook', { timeout: 400_000 }, () => {
  it('is kept from the first gate to the way back, and its reports say what was done', async (test) => {
    const stage = await aRunbook(test);
    const releases = new Set<string>();
    for (const part of [healthyUntilTheWatch, backFromTheWatch, failingCheck, unansweredWarning]) {
      await part(stage);
      releases.add((await stage.world.release()).id);
    }
    await expectNoHelpSaid(stage);
    writeFileSync(stage.keptSecret, `${stage.secrets.text('kept')} otherwise`);
    await expectNoSecretTold(stage);
    const asked = { url: stage.world.controller.url, headers: { authorization: `Bearer ${runbookTokens['ada']}` } };
    const orders = ['ci Attested', 'eve Approved', 'ada ApprovalRevoked', 'ada Restored'];
    await expectRunbookKept(asked, { releases: [...releases], kept: 2, orders, told: ['team', 'database'] });
  });
});

async function healthyUntilTheWatch({ alertmanager, world, hooks, tokenFile }: Stage): Promise<void> {
  await alertmanager.raise(criticalAlert('shop'));
  await world.start('v2', { replicas: 4 });
  const closed = await world.until(holdsFor('GateWaits'));
  expect(world.weights()).toEqual([0]);
  expect(closed.checklist.filter(({ state }) => state === 'waiting').map(({ name }) => name)).toEqual(
    expect.arrayContaining([...Object.keys(goodResults), ...Object.keys(approvers)]),
  );
  await posted(world, 'v2');
  await approved(world, 'v2', ['technical', 'product', 'business', 'change']);
  const { id } = await world.release();
  const unsaid = { revision: 'v2', approval: 'technical', revoke: true, reason: 'one more look' };
  must(await world.api('ada').act(id, 'approve', unsaid));
  const held = await world.until(({ waiting }) => waiting?.message.includes('technical') === true, patienceMs);
  expect(held.waiting).toMatchObject({ reason: 'ApprovalPending', message: expect.stringContaining('security') });
  await approved(world, 'v2', ['technical']);
  expect(world.weights()).toEqual([0]);
  await alertmanager.raise(criticalAlert('app'));
  await world.until(holdsFor('CheckFailed'), patienceMs);
  const approve = ['approve', 'app', '--as', 'security', '--reason', 'pen test passed'];
  const notEve = await world.sluice('--token-file', tokenFile('pia'), ...approve);
  expect(notEve).toMatchObject({ code: 3, err: expect.stringContaining('not by pia') });
  const over = { isOver: false };
  const sizes = watchSizes(world, over);
  expect(await world.sluice('--token-file', tokenFile('eve'), ...approve)).toMatchObject({ code: 0 });

  // All is passed and approved, and a critical alert of the service fires: that alone holds it.
  expectHeldByAlert(await world.until(isApproved, patienceMs));
  await alertmanager.resolve(criticalAlert('app'));

  await world.until(({ phase }) => phase === 'watching', patienceMs);
  over.isOver = true;
  const needed = new Map([
    [25, 4],
    [50, 6],
    [100, 8],
  ]);
  for (const { ready, weight } of await sizes) expect(ready).toBeGreaterThanOrEqual(needed.get(weight) ?? 0);
  expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
  await eventually(() => world.instances('v2').length === 4 && readyOf(world, 'v2') === 4);
  expect(readyOf(world, 'v1')).toBe(4);
  expect(world.failed()).toBe(0);
  expect(hooks.calls('/configuration').map(({ query }) => query['revision'])).toContain('v2');
  expect(hooks.calls('/database-backup')[0]?.body).toContain('dev.sluice.check.beforeTraffic');
  expect(new Set(hooks.calls('/journeys').map(({ query }) => query['weight']))).toEqual(new Set(['25', '50', '100']));
  await eventually(() => hooks.calls('/old-images').length > 0);
  const report = await reportOf(world);
  expect(report).toMatchObject({ status: 'success', impact: { level: 'zeroDowntime', failed: 0 } });
  expect(report.steps.map(({ replicas }) => replicas)).toEqual([4, 6, 8]);
  expect(report.findings).toMatchObject({ coverage: 83.1 });
  const eve = report.checklist.find(({ name }) => name === 'security');
  expect(eve).toMatchObject({ state: 'passed', who: 'eve' });
  const targets = report.checklist.find(({ name }) => name === 'monitoring-targets');
  expect(targets).toMatchObject({ kind: 'gate', evidence: expect.stringContaining('8 of 8 targets are up') });
  expect(report.checklist.filter(({ state }) => state !== 'passed')).toEqual([]);
  const ticked = await world.sluice('--token-file', tokenFile('ada'), 'attest', 'app', 'debrief', '--pass');
  expect(ticked).toMatchObject({ code: 0 });
  expect((await reportOf(world)).tasks.find(({ name }) => name === 'debrief')).toMatchObject({ who: 'ada' });
}

/** The revision before never stopped: the way back begins without a start. */
async function backFromTheWatch({ world, hooks }: Stage): Promise<void> {
  const kept = world.instances('v1').map(({ pid }) => pid);
  await world.control('v2', { errorRate: 0.3 });
  const done = await world.until(ended, patienceMs);
  expect(done).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });
  expect(world.instances('v1').some(({ pid }) => kept.includes(pid))).toBe(true);
  await eventually(() => readyOf(world, 'v1') === 4);
  await eventually(() => world.instances('v2').length === 0);
  const { versions } = world.users();
  await eventually(() => (world.users().versions['v1']?.succeeded ?? 0) > (versions['v1']?.succeeded ?? 0) + 100);
  const report = await reportOf(world);
  expect(report).toMatchObject({ status: 'rollback', rollback: { executed: true, rule: 'error_rate' } });
  await eventually(() => expect(report.impact.failed).toBe(world.failed()));
  expect(hooks.calls('/told').length).toBeGreaterThan(0);
}

async function failingCheck(stage: Stage): Promise<void> {
  const { config, hooks, tokenFile, world } = stage;
  const failedBefore = world.failed();
  hooks.fail('/journeys');
  writeFileSync(config, 'template: newer\n');
  await cleared(stage, 'v3');
  await world.until(({ weight }) => (weight.applied ?? 0) > 0, patienceMs);
  writeFileSync(config, 'template: broken\n');
  const done = await world.until(ended, patienceMs);
  hooks.heal('/journeys');
  expect(done).toMatchObject({ phase: 'rolledBack', cause: { reason: 'CheckFailed' } });
  expect(done.cause?.message).toContain('journeys');
  expect(world.weights()).toEqual([0, 25, 0]);
  const asked = hooks.calls('/journeys').filter(({ query }) => query['revision'] === 'v3');
  const zero = world.spans().at(-1);
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.every(({ query }) => query['weight'] === '25')).toBe(true);
  expect(zero?.fromMs).toBeGreaterThan(asked.at(-1)?.atMs ?? Number.POSITIVE_INFINITY);
  const report = await reportOf(world);
  expect(report.chart.weight.applied.map(({ percent }) => percent)).toEqual([0, 25, 0]);
  expect(Math.abs((report.rollback?.zeroAtMs ?? 0) - (zero?.fromMs ?? 0))).toBeLessThan(10_000);
  expect(report.checklist.find(({ name }) => name === 'journeys')).toMatchObject({ state: 'failed' });
  expect(report.impact.failed).toBe(0);
  expect(world.failed()).toBe(failedBefore);
  const restore = ['restore', 'app', '--yes', '--reason', 'v3 spoiled it'];
  const restored = await world.sluice('--token-file', tokenFile('ada'), ...restore);
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('passed   the previous version runs') });
  expect(readFileSync(config, 'utf8')).toBe('template: newer\n');
}

async function unansweredWarning(stage: Stage): Promise<void> {
  const { hooks, world } = stage;
  expect(hooks.pages('/database-pager')).toEqual([]);
  await cleared(stage, 'v4');
  await world.until(({ weight }) => weight.applied === 25, patienceMs);
  await world.control('v4', { slowRate: Number(slowTail.SLOW_RATE), slowMs: Number(slowTail.SLOW_MS) });
  await world.until(({ investigations }) => investigations.length > 0, patienceMs);
  await eventually(() => hooks.pages('/database-pager').length > 0, { withinMs: patienceMs });
  expect(hooks.pages('/database-pager')[0]?.body).toContain('response_time_p95');
  // Stable is ill from the rollback on: for a short while only it is looked at, and nothing else may be done meanwhile.
  await world.control('v1', { errorRate: 0.3 });
  const done = await world.until(ended, patienceMs);
  expect(done).toMatchObject({ phase: 'rolledBack', cause: { reason: 'InvestigationUnanswered' } });
  expect(done.cause?.message).toMatch(/^Nobody answered for response_time_p95 in /);
  expect(done.investigations).toHaveLength(1);
  expect(world.weights()).toEqual([0, 25, 0]);
  const { issues } = await reportOf(world);
  expect(issues.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['InvestigationOpened']));
}
