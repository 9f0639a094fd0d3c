/** What people say counts: on the command line, in the policy, and in the rule file. */
import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { bakingAt, ended, holdsFor } from '../support/standing.ts';
import { expectWholeLog } from '../support/whole-log.ts';
import { startWorld, type World } from '../support/world.ts';
import { errorRule, sampleTarget } from '../support/world-files.ts';

const bad = { env: { ERROR_RATE: '0.05' } };

describe.runIf(needs('prometheus'))('orders', { concurrent: true, timeout: 120_000 }, () => {
  it('on the command line pause, resume, promote and abort, and `status --wait` tells scripts', async (test) => {
    const world = await startWorld(test, { plan: { watchFor: '10h' } });
    await world.start('v2');
    await world.until(bakingAt(1));
    expect((await world.sluice('status', '--wait', '--timeout', '1s')).code).toBe(2);
    expect(await world.sluice('pause', 'app', '--reason', 'lunch')).toMatchObject({ code: 0 });
    const paused = await world.until(holdsFor('Paused'));
    expect((await world.sluice('status', 'app', '--wait')).code).toBe(4);
    expect(await world.sluice('resume', 'app', '--reason', 'fed')).toMatchObject({ code: 0 });
    const resumed = await world.until((view) => view.pauses.length === 0);
    expect((resumed.steps[0]?.bakedMs ?? 0) - (paused.steps[0]?.bakedMs ?? 0)).toBeLessThan(2_500);
    expect(await world.sluice('promote', 'app', '--full', '--reason', 'seen enough')).toMatchObject({ code: 0 });
    expect((await world.sluice('status', 'app', '--wait', '--timeout', '60s')).code).toBe(0);
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
    expect(await world.sluice('abort', 'app', '--reason', 'on second thoughts')).toMatchObject({ code: 0 });
    const done = await world.until(ended);
    expect(done).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Aborted' } });
    expect((await world.sluice('status', done.id, '--wait')).code).toBe(1);
    expect(await stableOf(world)).toBe('v1');
    expect(world.failed()).toBe(0);
    expectWholeLog(await world.log());
  });

  it('to approve, and gates, are waited for in preparation, and no traffic comes before them', async (test) => {
    const checks = ['stable', 'monitoring'].map((check) => ({ name: check, check }));
    const results = ['tests', 'audit'].map((name) => ({ name, attested: { high: '= 0' } }));
    const world = await startWorld(test, {
      spec: { gates: [...checks, ...results], approvals: [{ name: 'product' }] },
    });
    const early = await world.sluice('attest', 'app', 'tests', '--revision', 'v2', '--pass', '--value', 'high=0');
    expect(early).toMatchObject({ code: 0 });
    await world.start('v2');
    expect(await world.until(holdsFor('GateWaits'))).toMatchObject({ attention: null });
    expect(await world.sluice('attest', 'app', 'audit', '--fail', '--value', 'high=2')).toMatchObject({ code: 0 });
    const closed = await world.until(holdsFor('GateFailed'));
    const states = closed.checklist.map(({ name, state }) => `${name} ${state}`);
    expect(states).toEqual([
      ...['stable passed', 'monitoring passed', 'tests passed', 'audit failed'],
      ...['monitoring-targets passed', 'product waiting'],
    ]);
    expect(await world.sluice('override', 'app', 'audit', '--reason', 'known, patched')).toMatchObject({ code: 0 });
    const held = await world.until(holdsFor('ApprovalPending'));
    expect(held.checklist.filter(({ state }) => state !== 'passed')).toMatchObject([
      { name: 'audit', state: 'overridden' },
      { name: 'product', state: 'waiting' },
    ]);
    const status = await world.sluice('status', 'app', '--wait');
    expect(status).toMatchObject({ code: 4, out: expect.stringContaining('Waits for approval: product.') });
    expect((await world.sluice('approve', 'app', '--as', 'security')).err).toContain('its policy wants product');
    expect(world.weights()).toEqual([0]);
    expect(await world.sluice('approve', 'app', '--as', 'product', '--reason', 'seen')).toMatchObject({ code: 0 });
    const after = await world.until(bakingAt(1));
    expect(after.checklist.filter(({ todo }) => todo !== null)).toEqual([]);
    expect(world.weights()).toEqual([0, 25]);
    expect((await world.log()).map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['GateOverridden', 'Approved']),
    );
  });

  it.for([
    ['ask', 'RollbackAwaitsOrder', { plan: { rollback: 'ask' } }, {}],
    // This release alone can't be undone, its policy takes others back.
    ['forbidden', 'RollbackForbidden', {}, { rollback: 'forbidden', reason: 'drops a column' }],
  ] as const)('are waited for under `rollback: %s`', async ([, reason, policy, own], test) => {
    const world = await startWorld(test, policy);
    await world.start('v2', { ...bad, own });
    const held = await world.until(holdsFor(reason));
    expect(held).toMatchObject({ attention: { reason }, latch: { rule: 'error_rate' } });
    expect(world.weights()).toEqual([0, 25]);
    await world.order('abort');
    await world.until(ended);
    expect(world.weights()).toEqual([0, 25, 0]);
  });

  it('are asked for before each rise and rollback in mode advise', async (test) => {
    const world = await startWorld(test, { spec: { mode: 'advise' } });
    await world.start('v2');
    await world.until(holdsFor('AwaitingOrder'));
    expect(world.weights()).toEqual([0]);
    await world.order('promote', { reason: 'go' });
    await world.until(({ weight }) => weight.applied === 25);
    await world.until((view) => bakingAt(1)(view) && holdsFor('AwaitingOrder')(view));
    await world.control('v2', { errorRate: 0.05 });
    await world.until(holdsFor('RollbackAwaitsOrder'));
    expect(world.weights()).toEqual([0, 25]);
    await world.order('abort');
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack' });
    expect(world.weights()).toEqual([0, 25, 0]);
  });
});

describe.runIf(needs('prometheus'))('a newer revision', { concurrent: true, timeout: 150_000 }, () => {
  it('sends the one under way to 0 first, and then goes its own way from the start', async (test) => {
    const world = await startWorld(test);
    await world.start('v2');
    await world.until(bakingAt(2));
    expect(await startV3(world)).toMatchObject({ ok: true, value: { revision: 'v3', stableRevision: 'v1' } });
    expect(await world.until(ended)).toMatchObject({ phase: 'failed', cause: { reason: 'Superseded' }, frozen: false });
    await eventually(async () => (await stableOf(world)) === 'v3', { withinMs: 90_000, everyMs: 100 });
    expect(world.weights().slice(0, 7)).toEqual([0, 25, 50, 0, 25, 50, 100]);
    expect(world.failed()).toBe(0);
  });
});

describe.runIf(needs('prometheus'))('a rule file', { concurrent: true, timeout: 120_000 }, () => {
  it('that turns to garbage or goes away harms no release under way, and starts none', async (test) => {
    const world = await startWorld(test);
    const { ruleSet } = await world.start('v2');
    await world.until(bakingAt(1));
    await writeFile(world.rulesFile, 'error_rate: { threshold: 1%, window: 5m, alert: crit }\n');
    const garbage = await eventually(() => problemOf(world), { withinMs: 10_000 });
    expect(garbage).toMatch(/rules\.yaml.*1:\d+ .*crit/);
    expect(await startV3(world)).toMatchObject({ ok: false, error: { reason: 'RulesInvalid', message: garbage } });

    await rm(world.rulesFile);
    const gone = await eventually(async () => ((await problemOf(world)) ?? garbage) !== garbage && problemOf(world), {
      withinMs: 10_000,
    });
    expect(gone).toContain('rules.yaml');
    expect(await startV3(world)).toMatchObject({ ok: false, error: { reason: 'RulesInvalid' } });
    const done = await world.until(ended, 60_000);
    expect(done).toMatchObject({ phase: 'succeeded', ruleSet });
    expect(world.weights()).toEqual([0, 25, 50, 100, 0]);

    await writeFile(world.rulesFile, errorRule);
    await eventually(async () => (await problemOf(world)) === null, { withinMs: 10_000 });
    expect(await startV3(world)).toMatchObject({ ok: true });
  });
});

const startV3 = (world: World) =>
  world.api().start({ policy: 'app', revision: 'v3', spec: sampleTarget('v3'), who: 'tester' });

const policyOf = async (world: World) => {
  const policies = await world.api().policies();
  return policies.ok ? policies.value[0] : undefined;
};

const problemOf = async (world: World): Promise<string | null> => (await policyOf(world))?.problem ?? null;

const stableOf = async (world: World): Promise<string | null> => (await policyOf(world))?.stable ?? null;
