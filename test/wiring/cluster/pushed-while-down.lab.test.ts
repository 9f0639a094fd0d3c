/** A push while no controller lives, in the middle of a release: who pushes reaches users only through a controller that judges. */
import { beforeAll, describe, expect, it } from 'vitest';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import type { Deployment } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { deliveredSpec } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { anOperatedService, takenOver } from '../../support/operated-service.ts';

const patience = { withinMs: 120_000 };

const policySpec = deliveredSpec({
  plan: {
    steps: [
      { weight: 50, bake: '2h' },
      { weight: 100, bake: '1m' },
    ],
    readyWithin: '2h',
    scaleWithin: '2h',
    maxDuration: '6h',
    drain: '10s',
    verify: 'config',
    whenUnjudgeable: 'hold',
  },
});

describe.runIf(await needsLab())('a push at 50 % while the controller is dead', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('sends no request to the new revision; the next controller takes the one before back first', {
    timeout: 400_000,
  }, async () => {
    const service = await anOperatedService(lab, policySpec);
    const { api, host, push, releases, target } = service;
    const controller = service.startController();
    await takenOver(service, 'full');
    await eventually(async () => (await api.get<Deployment>(target)).spec.replicas === 0, patience);
    const users = startClusterUsers(`http://${addresses.ingress}/`, host, atEnd);
    const more = (version: string, count: number): Promise<unknown> => {
      const before = users.answers[version] ?? 0;
      return eventually(() => (users.answers[version] ?? 0) >= before + count, patience);
    };
    await more('v1', 20);
    await push('v2');
    await more('v2', 20);

    await controller.end('SIGKILL');
    await push('v3');
    await Promise.all([more('v1', 200), more('v2', 200)]);
    expect(users.answers['v3']).toBeUndefined();
    expect((await api.get<Deployment>(target)).spec.replicas).toBe(0);
    expect(users.failed).toEqual([]);

    service.startController();
    await eventually(async () => (await releases()).length === 2, patience);
    const phases = (await releases()).map(({ status }) => status?.phase);
    expect(phases).toContain('failed');
    await more('v3', 20);
    expect((await users.stop()).failed).toEqual([]);
  });
});
