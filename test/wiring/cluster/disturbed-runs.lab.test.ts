/** Runs that somebody, or something, disturbs: routes, pods, policies and Deployments that change under a release. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { type Deployment, deploymentPath } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { deliveredSpec } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { heldAt25, type PretendedFleet, startPretendedFleet } from '../../support/pretended-fleet.ts';
import type { Newest, PretendedService } from '../../support/pretended-service.ts';

const names = ['edited', 'gitops', 'remade', 'pushed', 'unstable', 'lost', 'promoted', 'watched', 'deleted'] as const;

const at25 = ({ applied }: Newest): boolean => applied === 25;
const waitsFor = (reason: string) => (release: Newest) => release.reason === reason;
const isOver = ({ phase }: Newest): boolean => ['failed', 'rolledBack', 'succeeded'].includes(phase);
const patience = { withinMs: 120_000 };

describe.runIf(await needsLab())('a release that is disturbed', { timeout: 300_000 }, () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let fleet: PretendedFleet;
  let firstStable = '';
  const served = new Map<string, PretendedService>();
  const of = (name: (typeof names)[number]): PretendedService => served.get(name) as PretendedService;

  /** Pushed, and at 25 %. */
  const released = async (name: (typeof names)[number], version = 'v2') => {
    const service = of(name);
    const stable = await service.stable();
    await service.push(version);
    return { service, stable, release: await service.until(at25) };
  };

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    fleet = await startPretendedFleet(lab, atEnd);
    const quick = { ...heldAt25, steps: [{ weight: 100, bake: '5s' }], watchFor: '2h' };
    const plans = new Map<string, object>([
      ['promoted', quick],
      ['watched', { ...quick, standby: 0 }],
    ]);
    const serve = async (name: string): Promise<void> => {
      const plan = plans.get(name);
      const spec = plan === undefined ? undefined : deliveredSpec({ name, plan });
      const service = await fleet.serve(name, spec);
      served.set(name, service);
      if (name === 'watched') firstStable = await service.stable();
      if (name === 'watched') await service.push('v2');
    };
    await Promise.all(names.map(serve));
  }, 300_000);

  it('by a hand that lowers its weight: it stays there until resume, and says whose hand', async () => {
    const { service } = await released('edited');
    await service.editWeight(10, 'kubectl-edit');
    const held = await service.until(waitsFor('WeightLowered'));
    expect(held.message).toContain('kubectl-edit lowered the weight from 25 % to 10 %');
    expect(await service.weight()).toBe(10);
    await service.order('resume');
    await service.until(at25);
    // Raised by the same hand: put back, and after three times it goes to 0 for good. Two between two looks are one.
    const isGivenUp = async (): Promise<boolean> => {
      const newest = await service.newest();
      if (newest !== null && newest.applied !== 25) return true;
      if ((await service.weight()) < 80) await service.editWeight(80, 'kubectl-edit');
      return false;
    };
    await eventually(isGivenUp, { ...patience, everyMs: 1_000 });
    const over = await service.until(isOver);
    expect([over.phase, over.message]).toEqual([
      'rolledBack',
      expect.stringContaining('raised by kubectl-edit 3 times'),
    ]);
    await eventually(async () => (await service.weight()) === 0, patience);
  });

  it('by a GitOps manager that puts its weight back: it holds, with what the manager has to ignore', async () => {
    const { service } = await released('gitops');
    await service.editWeight(0, 'argocd-controller');
    const held = await service.until(waitsFor('WeightOwnedByGitOps'));
    expect(held.message).toContain('spec.ignoreDifferences: [{ group: networking.istio.io, kind: VirtualService');
    await service.order('resume');
    await service.until(at25);
  });

  it('by a route that is deleted and made again: it begins at its first step', async () => {
    const { service, release } = await released('remade');
    await fleet.api.delete(service.routePath);
    await service.until(waitsFor('RouteUnknown'));
    await service.makeRoute();
    await eventually(async () => (await service.weight()) === 25, patience);
    const now = await service.until(at25);
    expect([now.name, isOver(now)]).toEqual([release.name, false]);
  });

  it('by a newer revision, and by one during the rollback: weight 0 between each and the next', async () => {
    const { service, release } = await released('pushed');
    await service.push('v3');
    const third = await service.until(({ name, applied }) => name !== release.name && applied === 25);
    await service.order('abort');
    await service.until(({ phase }) => phase === 'rollingBack' || phase === 'rolledBack');
    await service.push('v4');
    const fourth = await service.until(({ name, applied }) => name !== third.name && applied === 25);
    const phases = (await service.releases()).map(({ phase }) => phase);
    expect(phases.slice(0, 2)).toEqual(['failed', 'rolledBack']);
    expect(fourth.revision).not.toBe(third.revision);
    expect(service.weights()).toEqual([0, 25, 0, 25, 0, 25]);
  });

  it('by a stable that somebody scaled down before the rollback: stable first, then weight 0', async () => {
    const { service, stable } = await released('unstable');
    const path = deploymentPath(fleet.namespace, `${service.name}-${stable}`);
    await fleet.api.patch(path, { spec: { replicas: 0 } });
    await eventually(async () => (await fleet.api.get<Deployment>(path)).status.replicas === undefined, patience);
    await service.order('abort');
    const over = await service.until(isOver);
    expect([over.phase, await service.selected('stable'), await service.weight()]).toEqual(['rolledBack', stable, 0]);
    expect((await fleet.api.get<Deployment>(path)).status.readyReplicas).toBeGreaterThan(0);
  });

  it('by a canary that loses its pods: weight 0 at once, long before any deadline', async () => {
    const { service, release } = await released('lost');
    await service.unready(release.revision);
    const over = await service.until(isOver);
    expect([over.phase, over.message]).toEqual(['rolledBack', expect.stringContaining('None of the new revision')]);
    expect(service.weights()).toEqual([0, 25, 0]);
  });

  it('by new pods that are lost as users are moved to them: the revision before serves again', async () => {
    const service = of('promoted');
    const stable = await service.stable();
    await service.push('v2');
    const { revision } = await service.until(({ phase }) => phase !== '');
    const isMoved = async (): Promise<boolean> => (await service.selected('stable')) === revision;
    await eventually(isMoved, { ...patience, everyMs: 5 });
    await service.unready(revision);
    const over = await service.until(isOver);
    const selected = [await service.selected('stable'), await service.selected('users')];
    expect([over.phase, ...selected, await service.weight()]).toEqual(['rolledBack', stable, stable, 0]);
  });

  it('by new pods that are lost in the watch, with nothing standing by: the revision before is started and serves again', async () => {
    const service = of('watched');
    const promoted = await service.until(({ phase }) => phase === 'watching');
    await eventually(async () => (await service.selected('stable')) === promoted.revision, patience);
    // After the first ten minutes of the watch nothing stands by: the way back has to be started.
    const before = deploymentPath(fleet.namespace, `${service.name}-${firstStable}`);
    await eventually(async () => (await fleet.api.get<Deployment>(before)).spec.replicas === 0, patience);
    await service.unready(promoted.revision);
    const over = await service.until(isOver);
    const selected = [await service.selected('stable'), await service.selected('users')];
    expect([over.phase, ...selected]).toEqual(['rolledBack', firstStable, firstStable]);
    await eventually(async () => (await fleet.api.get<Deployment>(before)).status.readyReplicas === 2, patience);
  });

  it('by a policy that is deleted while users are on the canary: weight 0 first, then all is given back', async () => {
    const { service } = await released('deleted');
    await fleet.api.delete(service.policyPath);
    await eventually(
      () =>
        service.policy().then(
          () => false,
          () => true,
        ),
      patience,
    );
    expect(service.weights()).toEqual([0, 25, 0]);
    expect(await service.selected('users')).toBeUndefined();
    expect((await fleet.api.get<Deployment>(deploymentPath(fleet.namespace, service.name))).spec.replicas).toBe(2);
  });

  it('needs no right beyond the shipped role', () => {
    expect(fleet.refused()).toEqual([]);
  });
});
