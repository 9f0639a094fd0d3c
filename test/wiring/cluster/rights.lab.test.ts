/** Controllers with fewer rights: nothing is taken over that they could not look after, and what somebody else drives is judged by looking alone. */
import { expect, it } from 'vitest';
import { rightsMissing } from '../../../src/kube/rights.ts';
import { neededRights } from '../../../src/wiring/cluster/needed-rights.ts';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { clientOf } from '../../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import {
  type Deployment,
  deployment,
  deploymentPath,
  podsOf,
  sampleContainer,
  samplePort,
} from '../../lab/sample-deployment.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { deliveredPolicy, deliveredSpec, splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { anOperatedService, type OperatedService, type Stood } from '../../support/operated-service.ts';
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
    const wanted = neededRights({
      backup: null,
      checks: [],
      mode: 'enforce',
      traffic: { istio: { virtualService: 'app', services } },
    });
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

/** People who drive a rollout by hand: the next version in a Deployment of its own, and weights in the route. */
function byHand(lab: JoinedLab, { api, namespace, routePath }: OperatedService) {
  const next = deploymentPath(namespace, 'next');
  const service = (name: string, app: string) =>
    api.apply(`${folders(namespace).services}/${name}`, {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
      spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: samplePort }] },
    });
  const legs = (canary: number) =>
    [
      ['stable', 100 - canary],
      ['canary', canary],
    ].map(([version, weight]) => ({ destination: { host: `app-${version}`, port: { number: 80 } }, weight }));
  return {
    service,
    push: async (version: string, env: readonly { readonly name: string; readonly value: string }[]) => {
      await api.apply(next, deployment({ name: 'next', namespace, container: sampleContainer(version, { env }) }));
      const pods = podsOf(lab, namespace, 'app=next');
      await eventually(async () => (await pods()).some(({ status }) => status.podIP !== undefined), patience);
      const [pod] = await pods();
      return `http://${pod?.status.podIP}:${samplePort}/`;
    },
    weigh: (canary: number) => api.patch(routePath, { spec: { http: [{ route: legs(canary) }] } }),
    remove: () => api.delete(next),
  };
}

it.runIf(await needsLab())(
  'a rollout that somebody else drives is judged by a controller that may change nothing of it',
  { timeout: 400_000 },
  async () => {
    const lab = await joinLab(atTestEnd);
    await applyDefinitions(lab.api());
    const plan = { steps: [{ weight: 100, bake: '1m' }], readyWithin: '2h', maxDuration: '40h' };
    const spec = { ...deliveredSpec({ plan }), mode: 'observe' };
    const of = await anOperatedService(lab, spec, { set: ['observeOnly=true'], replicas: 1 });
    const { api, namespace, policyPath, releases, routePath } = of;
    const hand = byHand(lab, of);
    await Promise.all([hand.service('app-stable', 'app'), hand.service('app-canary', 'next')]);
    await api.apply(routePath, splitRoute({ namespace, services: 'short' }));
    await api.apply(policyPath, of.decided);
    const controller = of.startController();
    const stood = async (told: (release: Stood) => boolean): Promise<void> => {
      try {
        await eventually(async () => (await releases()).some(told), patience);
      } catch (cause) {
        const seen = [(await of.policy()).status, ...(await releases()).map(({ status }) => status)];
        throw new Error(`not seen: ${JSON.stringify(seen)}`, { cause });
      }
    };
    const holds = (wanted: string) => (release: Stood) =>
      release.status?.conditions?.some(({ reason }) => reason === wanted) === true;
    try {
      const bad = await hand.push('v2', [{ name: 'ERROR_RATE', value: '0.5' }]);
      await stood(holds('Observing'));
      await hand.weigh(25);
      const users = startClusterUsers(bad, 'app.test', atTestEnd);
      await stood(holds('WouldRollBack'));
      await users.stop();
      // Nobody did anything about it: that is for whoever drives.
      expect((await releases()).map(({ status }) => status?.weight?.applied)).toEqual([25]);
      await hand.weigh(0);
      await hand.remove();
      await stood(({ status }) => status?.phase === 'rolledBack');
      await hand.push('v3', []);
      await hand.weigh(50);
      await stood((release) => holds('Observing')(release) && release.status?.weight?.applied === 50);
      await hand.service('app-stable', 'next');
      await stood(({ status }) => status?.phase === 'succeeded');
      await api.delete(policyPath);
      await eventually(async () => (await api.list(policyPath.replace(/\/app$/, ''))).items.length === 0, patience);
    } finally {
      controller.child.kill('SIGTERM');
      await controller.exited;
    }
    expect(of.account.refused()).toEqual([]);
    const own = [
      'releases',
      'releasepolicies',
      'releaseorders',
      'configmaps',
      'events',
      'leases',
      'selfsubjectrulesreviews',
    ];
    const user = `system:serviceaccount:${namespace}:sluice`;
    const writes = lab.audit().filter((each) => each.user.username === user && !/^(get|list|watch)$/.test(each.verb));
    expect(writes.filter(({ objectRef }) => !own.includes(objectRef?.resource ?? ''))).toEqual([]);
  },
);
