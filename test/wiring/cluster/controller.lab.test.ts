/** The operator on a real control plane: a Deployment adopted, promoted and rolled back, with users behind Envoy all the while. */
import { beforeAll, describe, expect, it } from 'vitest';
import { folders, label } from '../../../src/workload/kubernetes/labels.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import type { AuditEvent } from '../../lab/control-plane/audit.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import type { Deployment } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { deliveredSpec } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { anOperatedService, takenOver } from '../../support/operated-service.ts';
import { sluice } from '../../support/sluice-command.ts';
import { expectTrendKept } from '../../support/trend-kept.ts';

const patienceMs = 120_000;

const policySpec = deliveredSpec({
  plan: {
    steps: [
      { weight: 25, bake: '1m' },
      { weight: 50, bake: '1m' },
      { weight: 100, bake: '1m' },
    ],
    readyWithin: '20m',
    scaleWithin: '20m',
    watchFor: '1m',
    trend: '2m',
    drain: '10s',
    verify: 'config',
    whenUnjudgeable: 'hold',
  },
});

interface Foretold {
  readonly problem: object | null;
  readonly writes: readonly { readonly verb: string; readonly path: string }[];
}

const rehearsalIn = (text: string): Foretold => JSON.parse(text) as Foretold;

/** What that user changed. */
const changed = (events: readonly AuditEvent[], user: string): readonly AuditEvent[] =>
  events.filter(
    (event) =>
      event.user.username === user &&
      /^(create|update|patch|delete)$/.test(event.verb) &&
      (event.responseStatus?.code ?? 500) < 300 &&
      !/dryRun=All|reviews/.test(event.requestURI),
  );

/** Writes of workloads, Services and routes, as a rehearsal tells them. */
const written = (events: readonly AuditEvent[], user: string): readonly string[] =>
  changed(events, user)
    .filter(({ objectRef }) => /^(deployments|services|virtualservices)$/.test(objectRef?.resource ?? ''))
    .map(({ objectRef, requestURI, verb }) => {
      const [path = ''] = requestURI.split('?');
      return verb === 'create' ? `create ${path}/${objectRef?.name ?? ''}` : `${verb} ${path}`;
    });

describe.runIf(await needsLab())('sluice controller', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('adopts, promotes and rolls back without a lost request, and gives back', { timeout: 600_000 }, async () => {
    const service = await anOperatedService(lab, policySpec);
    const { account, api, host, namespace, policy, policyPath, push, releases, routePath, target } = service;
    const { services, pods } = folders(namespace);
    const ended = (count: number, phase: string) =>
      eventually(
        async () => {
          const all = await releases();
          return all.length === count && all.some(({ status }) => status?.phase === phase) ? all : null;
        },
        { withinMs: patienceMs },
      );

    const log: string[] = [];
    const started = () => {
      const running = service.startController();
      for (const stream of [running.child.stdout, running.child.stderr])
        stream?.on('data', (chunk: Buffer) => void log.push(chunk.toString()));
      return running;
    };
    let controller = started();
    const by = ['-n', namespace, '--kubeconfig', lab.kubeconfig('admin')];
    try {
      await takenOver(service, 'full');
      await eventually(async () => (await api.get<Deployment>(target)).spec.replicas === 0, { withinMs: patienceMs });
      const first = (await policy()).status?.stable ?? '';
      const users = startClusterUsers(`http://${addresses.ingress}/`, host, atEnd);
      await eventually(() => (users.answers['v1'] ?? 0) > 50);
      // While nobody leads: what the release of v2 would write, and that nothing is written for knowing it.
      await controller.end('SIGTERM');
      await push('v2');
      const known = lab.audit().length;
      const rehearsed = await sluice(['start', 'app', '--dry-run', '-o', 'json', ...by]);
      expect(rehearsed).toMatchObject({ code: 0, err: '' });
      const foretold = rehearsalIn(rehearsed.out);
      // Other runs stand beside this one in the same lab.
      const here = lab.audit().filter(({ objectRef }, at) => at >= known && objectRef?.namespace === namespace);
      expect(changed(here, 'admin')).toEqual([]);
      controller = started();
      await ended(1, 'succeeded');
      expect(foretold.problem).toBeNull();
      expect(new Set(foretold.writes.map(({ path, verb }) => `${verb} ${path}`))).toEqual(
        new Set(written(lab.audit().slice(known), account.user)),
      );
      expect(users.failed).toEqual([]);
      const second = (await policy()).status?.stable ?? '';
      expect(second).not.toBe(first);
      const weights = lab
        .audit()
        .filter(({ verb, requestURI }) => verb === 'patch' && requestURI.startsWith(`${routePath}?fieldManager`))
        .map(({ responseObject }) => {
          const [rule] = (responseObject as { spec: { http: { route: { weight?: number }[] }[] } }).spec.http;
          return rule?.route[1]?.weight ?? 0;
        });
      expect(weights.filter((weight, index) => weight !== weights[index - 1] && weight > 0)).toEqual([25, 50, 100]);
      await eventually(() => (users.answers['v2'] ?? 0) > 0);

      // A day after the promotion, which is made 6 s here.
      await expectTrendKept(service, by, { revision: second, lasts: '6s' });
      await push('v3', [{ name: 'ERROR_RATE', value: '0.5' }]);
      await ended(2, 'rolledBack');
      const { status } = await policy();
      expect(status?.stable).toBe(second);
      const labels = async (selector: string) => {
        const query = `labelSelector=${encodeURIComponent(selector)}`;
        return (await api.list(`${pods}?${query}`)).items.map(({ metadata }) => metadata.labels ?? {});
      };
      // One pod of what failed is kept, and no Service knows it.
      const [kept, ...more] = await labels(label.kept);
      expect([kept, more.length]).toEqual([{ [label.kept]: 'app', 'pod-template-hash': expect.any(String) }, 0]);

      // How pods are rolled, and their restart, are no release: stable's pods follow at once.
      const podsOfStable = async () =>
        (await api.list(`${pods}?labelSelector=${label.revision}%3D${second}`)).items.map(
          ({ metadata }) => metadata.uid,
        );
      const old = await podsOfStable();
      const restart = { 'kubectl.kubernetes.io/restartedAt': new Date(Date.now() + 1_000).toISOString() };
      await api.patch(target, { spec: { minReadySeconds: 1, template: { metadata: { annotations: restart } } } });
      await eventually(
        async () => {
          const now = await podsOfStable();
          return now.length === 2 && now.every((uid) => !old.includes(uid));
        },
        { withinMs: patienceMs },
      );
      expect((await api.get<Deployment>(`${target}-${second}`)).spec).toMatchObject({
        minReadySeconds: 1,
        replicas: 2,
      });
      expect(await releases()).toHaveLength(2);
      const pageOf = async (service: string) =>
        (await api.get<KubeObject & { spec: { selector: Record<string, string> } }>(`${services}/${service}`)).spec;
      expect((await pageOf('app-stable')).selector[label.revision]).toBe(second);
      expect((await pageOf('app')).selector[label.revision]).toBe(second);
      const then = users.answers['v2'] ?? 0;
      await eventually(() => (users.answers['v2'] ?? 0) > then + 20);
      expect(users.failed.filter((each) => !each.endsWith('of v3'))).toEqual([]);
      const lost = users.failed.length;
      const events = await api.list<KubeObject & { reason: string }>(`/api/v1/namespaces/${namespace}/events`);
      expect(events.items.some(({ metadata }) => metadata.name.startsWith('app-'))).toBe(true);

      // A person makes the revision before stable: users follow its pods, and what was stable ends and stays away.
      by.push('--reason', 'v2 loses orders');
      const unknown = await sluice(['set-stable', 'app', 'nothing', '--yes', ...by]);
      expect(unknown).toMatchObject({ code: 3, err: expect.stringContaining('nothing is kept of revision nothing') });
      const set = await sluice(['set-stable', 'app', first, '--yes', ...by]);
      expect(set).toMatchObject({ code: 0, out: expect.stringContaining(`stable of app is ${first} now`) });
      await eventually(async () => (await api.get<Deployment>(`${target}-${second}`)).spec.replicas === 0, {
        withinMs: patienceMs,
      });
      expect((await pageOf('app-stable')).selector[label.revision]).toBe(first);
      expect((await pageOf('app')).selector[label.revision]).toBe(first);
      const earlier = users.answers['v1'] ?? 0;
      await eventually(() => (users.answers['v1'] ?? 0) > earlier + 20);
      expect(await releases()).toHaveLength(2);
      expect((await policy()).status?.stable).toBe(first);

      // What the Deployment asks for begins at a word; it says that this one can't be undone: a breach waits for another word.
      const own = { 'sluice.dev/rollback': 'forbidden', 'sluice.dev/rollback-reason': 'drops a column' };
      await api.patch(target, { metadata: { annotations: own } });
      await push('v4', [{ name: 'ERROR_RATE', value: '0.5' }]);
      const begun = await eventually(
        async () => {
          const started = await sluice(['start', 'app', ...by]);
          return started.code === 0 ? started : null;
        },
        { withinMs: patienceMs },
      );
      expect(begun.out).toContain(`app ${first} -> `);
      expect(await releases()).toHaveLength(3);
      const held = await eventually(
        async () =>
          (await releases()).find(({ status }) =>
            status?.conditions?.some((each) => each.reason === 'RollbackForbidden'),
          ),
        { withinMs: patienceMs },
      );
      expect(held.status?.weight?.applied).toBe(25);
      expect(await sluice(['abort', 'app', ...by])).toMatchObject({ code: 0 });
      await eventually(
        async () => (await releases()).filter(({ status }) => status?.phase === 'rolledBack').length > 1,
        {
          withinMs: patienceMs,
        },
      );
      expect((await policy()).status?.stable).toBe(first);
      const othersLost = (): readonly string[] => users.failed.slice(lost).filter((each) => !each.endsWith('of v4'));
      expect(othersLost()).toEqual([]);

      await api.delete(policyPath);
      await eventually(async () => (await api.list(policyPath.replace(/\/app$/, ''))).items.length === 0, {
        withinMs: patienceMs,
      });
      expect(await api.get<Deployment>(target)).toMatchObject({ spec: { replicas: 2 } });
      expect((await pageOf('app')).selector).toEqual({ app: 'app' });
      await eventually(async () => (await api.list(pods)).items.length === 2, { withinMs: patienceMs });
      await users.stop();
      expect(othersLost()).toEqual([]);
      controller.child.kill('SIGTERM');
      expect(await controller.exited).toBe(0);
      // But for the false names that it tried before each order.
      expect(account.refused().filter((call) => !call.includes('releaseorders?dryRun=All'))).toEqual([]);
    } catch (error) {
      const state = JSON.stringify({ policy: (await policy().catch(() => null))?.status, releases: await releases() });
      throw new Error(`${String(error)}\n${state.slice(0, 3_000)}\n${log.join('').slice(-6_000)}`, { cause: error });
    }
  });
});
