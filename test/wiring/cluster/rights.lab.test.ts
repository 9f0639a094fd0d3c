/** A controller whose Role lacks something: nothing is taken over that it could not look after, and it says what is missing. */
import { expect, it } from 'vitest';
import { rightsMissing } from '../../../src/kube/rights.ts';
import { neededRights } from '../../../src/wiring/cluster/needed-rights.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { clientOf } from '../../lab/client-of.ts';
import { joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import type { Deployment } from '../../lab/sample-deployment.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { deliveredPolicy, deliveredSpec } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { anOperatedService } from '../../support/operated-service.ts';
import { must } from '../../support/proxy.ts';

const patience = { withinMs: 120_000 };

interface Role {
  readonly metadata: never;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

it.runIf(await needsLab())(
  'a controller with too few rights takes nothing over, names them, and goes on when it has them',
  async () => {
    const lab = await joinLab(atTestEnd);
    await applyDefinitions(lab.api());
    const service = await anOperatedService(lab, deliveredSpec({ plan: { steps: [{ weight: 100, bake: '1m' }] } }));
    const { api, namespace, policy, policyPath, target } = service;
    const rolePath = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/sluice`;
    const shipped = await api.get<Role>(rolePath);
    // Nothing is asked for that the shipped Role does not have.
    const services = { stable: 'app-stable', canary: 'app-canary' };
    const wanted = neededRights({ backup: null, checks: [], traffic: { istio: { virtualService: 'app', services } } });
    const has = (group: string, resource: string, verb: string): boolean =>
      shipped.rules.some(
        ({ apiGroups, resources, verbs }) =>
          apiGroups.includes(group) && resources.includes(resource) && verbs.includes(verb),
      );
    expect(wanted.filter(({ group, resource, verb }) => !has(group, resource, verb))).toEqual([]);
    const all = { namespace, rights: wanted };
    expect(must(await rightsMissing(clientOf(lab, 'admin'), all))).toEqual([]);
    expect(must(await rightsMissing(clientOf(lab, 'alice'), all))).toHaveLength(all.rights.length);

    const fewer = shipped.rules.map((rule) =>
      rule.resources.includes('virtualservices')
        ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'patch') }
        : rule,
    );
    await api.patch(rolePath, { rules: fewer });
    const controller = service.startController();
    try {
      await api.apply(policyPath, deliveredPolicy(deliveredSpec({ plan: { steps: [{ weight: 100, bake: '1m' }] } })));
      const stood = async () => (await policy()).status;
      await eventually(
        async () =>
          (await stood())?.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'RightsMissing'),
        patience,
      );
      expect((await stood())?.message).toContain('patch virtualservices.networking.istio.io');
      expect((await api.get<Deployment>(target)).spec.replicas).toBe(2);
      await api.patch(rolePath, { rules: shipped.rules });
      await eventually(
        async () => (await api.list(`/apis/apps/v1/namespaces/${namespace}/deployments`)).items.length === 2,
        patience,
      );
      await api.delete(policyPath);
      await eventually(async () => (await api.list(policyPath.replace(/\/app$/, ''))).items.length === 0, patience);
    } finally {
      controller.child.kill('SIGTERM');
      await controller.exited;
    }
  },
);
