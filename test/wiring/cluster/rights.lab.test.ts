/** Controllers that may not, or do not, act by themselves: with too few rights, beside somebody else who drives, and where each step is asked for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { rightsMissing } from '../../../src/kube/rights.ts';
import { neededRights } from '../../../src/wiring/cluster/needed-rights.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { clientOf } from '../../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import type { Deployment } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { deliveredSpec, splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { anOperatedService, type Stood, takenOver } from '../../support/operated-service.ts';
import { must } from '../../support/proxy.ts';
import { byHand } from '../../support/rollout-by-hand.ts';
import { sluice } from '../../support/sluice-command.ts';
import { tellPods } from '../../support/tell-pods.ts';
import { type Received, webhookReceiver } from '../../support/webhook-receiver.ts';
import { weightsWritten } from '../../support/weights-written.ts';

const patience = { withinMs: 120_000 };

interface Role {
  readonly metadata: never;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

describe.runIf(await needsLab())('a controller', { concurrent: true, timeout: 400_000 }, () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('with too few rights takes nothing over, names them, and goes on when it has them', async () => {
    const plan = { steps: [{ weight: 100, bake: '1m' }] };
    const service = await anOperatedService(lab, deliveredSpec({ plan }), { atEnd });
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
      await api.apply(policyPath, service.decided);
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
  });

  it('that may change nothing judges a rollout that somebody else drives', async () => {
    const plan = { steps: [{ weight: 100, bake: '1m' }], readyWithin: '2h', maxDuration: '40h' };
    const spec = { ...deliveredSpec({ plan }), mode: 'observe' };
    const of = await anOperatedService(lab, spec, { set: ['observeOnly=true'], replicas: 1, atEnd });
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
      const users = startClusterUsers(bad, 'app.test', atEnd);
      await stood(holds('WouldRollBack'));
      await users.stop();
      // Nobody did anything about it: that is for whoever drives.
      expect((await releases()).map(({ status }) => status?.weight?.applied)).toEqual([25]);
      await hand.weigh(0);
      await hand.remove();
      await stood(({ status }) => status?.phase === 'rolledBack');
      await hand.push('v3', []);
      await stood((release) => holds('Observing')(release) && release.status?.phase === 'preparing');
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
  });

  it('asks before each rise and each rollback where the policy says so', async () => {
    const plan = {
      steps: [25, 100].map((weight) => ({ weight, bake: '20s' })),
      ...{ readyWithin: '2h', scaleWithin: '2h', maxDuration: '40h', drain: '10s', verify: 'config' },
    };
    const told = await webhookReceiver(atEnd);
    const spec = { ...deliveredSpec({ plan }), mode: 'advise', notify: [{ to: 'team' }] };
    const of = await anOperatedService(lab, spec, { notify: { team: { webhook: { url: told.url } } }, atEnd });
    const { api, namespace, releases } = of;
    const order = (...words: readonly string[]) =>
      sluice([...words, '-n', namespace, '--kubeconfig', lab.kubeconfig('admin')], { atEnd });
    const controller = of.startController();
    await takenOver(of, 'full');
    const users = startClusterUsers(`http://${addresses.ingress}/`, of.host, atEnd);
    await eventually(() => (users.answers['v1'] ?? 0) > 50, patience);
    const weights = () => weightsWritten(lab, namespace);
    /** Everywhere in the same words: the release, its events, whoever is notified, and the command line. */
    const asks = async (reason: string, said: RegExp): Promise<void> => {
      const holds = ({ status }: Stood) =>
        status?.conditions?.some((each) => each.type === 'Waiting' && each.reason === reason) === true;
      const release = await eventually(async () => (await releases()).find(holds), patience);
      expect(release.status?.message).toMatch(said);
      const isNotice = ({ body }: Received) => body.data.reason === reason && said.test(body.data.text);
      await eventually(() => told.received.some(isNotice), patience);
      const events = `/api/v1/namespaces/${namespace}/events`;
      await eventually(async () => (await api.list<Told>(events)).items.some(isTold(reason, said)), patience);
      expect((await order('get', 'app')).out).toContain('only advises');
    };

    await of.push('v2');
    await asks('AwaitingOrder', /next step, 25 %\. This release only advises: promote takes it/);
    // The route is taken over as it stands.
    expect(weights().filter((weight) => weight > 0)).toEqual([]);
    expect(users.answers['v2']).toBeUndefined();
    expect(await order('promote', 'app', '--reason', 'looks well')).toMatchObject({ code: 0 });
    await eventually(async () => (await releases())[0]?.status?.weight?.applied === 25, patience);
    await asks('AwaitingOrder', /next step, 100 %\./);
    await tellPods(of, 'v2', { errorRate: 0.5 });
    await asks('RollbackAwaitsOrder', /only advises|error_rate/);
    expect(weights().at(-1)).toBe(25);
    const pages = told.received.filter(({ body }) => body.data.urgency === 'page');
    expect(pages.map(({ body }) => String(body.data.reason))).toEqual(['RollbackAwaitsOrder']);
    expect(await order('abort', 'app', '--reason', 'it errs')).toMatchObject({ code: 0 });
    await eventually(async () => (await releases())[0]?.status?.phase === 'rolledBack', patience);
    expect(weights().slice(-2)).toEqual([25, 0]);
    expect(users.failed.filter((each) => !each.endsWith('of v2'))).toEqual([]);
    await users.stop();
    expect(await controller.end()).toBe(0);
    expect(of.account.refused().filter((call) => !call.includes('releaseorders?dryRun=All'))).toEqual([]);
  });
});

interface Told extends KubeObject {
  readonly reason: string;
  readonly message: string;
}

const isTold =
  (wanted: string, said: RegExp) =>
  ({ message, reason }: Told) =>
    reason === wanted && said.test(message);
