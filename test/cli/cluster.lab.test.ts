/** The command line on a real API server, with no controller anywhere: as whom the kubeconfig says, and no more than they may read. */
import { beforeAll, describe, expect, it } from 'vitest';
import { KubernetesStore } from '../../src/release/kubernetes-store.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { clientOf } from '../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { deployment, sampleContainer } from '../lab/sample-deployment.ts';
import { aPolicy } from '../support/a-release.ts';
import { suiteEnd } from '../support/at-end.ts';
import { deliveredPolicy, deliveredSpec } from '../support/delivered-service.ts';
import { documentedRoles, grant } from '../support/documented-roles.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';

describe.runIf(await needsLab('bare'))('the command line in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let namespace: string;
  let store: KubernetesStore;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
    namespace = await lab.namespace();
    store = new KubernetesStore({ client: clientOf(lab, 'admin'), namespace, epoch: 1, holds: () => true });
    const line = { atMs: 0, kind: 'decision', reason: 'StepStarted', message: 'step 2 started', data: {} } as const;
    const saved = await store.save({ ...bakingRelease(), version: 0 }, [line]);
    if (!saved.ok) throw new Error(saved.error.message);
    const [viewing] = await documentedRoles();
    if (viewing === undefined) throw new Error('the page gives no role');
    await grant(lab, namespace, viewing, [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' }]);
  }, 300_000);

  const as = (who: 'alice' | 'bob', words: readonly string[]) =>
    sluice([...words, '-n', namespace, '--kubeconfig', lab.kubeconfig(who)]);

  it('shows whoever may read what the objects say, and how old that is', { timeout: 300_000 }, async () => {
    const listed = await as('alice', ['list', '-o', 'json']);
    expect(JSON.parse(listed.out)).toMatchObject({ releases: [{ id: 'app-3f2a', phase: 'baking' }] });
    expect(listed.err).toMatch(/app-3f2a: data is .* old; is its controller running\?/);
    const [get, report, explain] = await Promise.all(
      [
        ['get', 'app'],
        ['report', 'app'],
        ['explain', 'app'],
      ].map((words) => as('alice', words)),
    );
    for (const shown of [get, report, explain]) expect(shown).toMatchObject({ code: 0 });
    expect(get?.out).toContain('step 2 started');
    expect(report?.out).toContain('app-3f2a');
    expect(report?.err).toMatch(/without what the rules read: .* cannot get resource "configmaps"/);
    expect(await as('alice', ['status', 'app'])).toMatchObject({ code: 0 });
    expect((await as('alice', ['get', 'nothing'])).err).toContain('no release or policy "nothing"');
  });

  it('of a policy waits for what its Deployment asks for now', { timeout: 300_000 }, async () => {
    const api = lab.api();
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const target = deployment({ name: 'web', namespace, container: sampleContainer('v1'), replicas: 0 });
    await api.create(deployments, target);
    const policies = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies`;
    const plan = { steps: [{ weight: 100, bake: '1m' }] };
    const policy = { ...deliveredPolicy(deliveredSpec({ name: 'web', plan })), metadata: { name: 'web' } };
    await api.create(policies, policy);
    const admin = (words: readonly string[]) =>
      sluice([...words, '-n', namespace, '--kubeconfig', lab.kubeconfig('admin')]);
    const early = await admin(['status', 'web', '--wait', '--timeout', '1s']);
    expect(early).toMatchObject({ code: 2 });
    const [, revision = ''] = /web: (\w+) is asked for, and no release of it has begun yet/.exec(early.out) ?? [];
    expect(early.out).toContain('timed out; nothing was begun for it yet');
    const saved = await store.savePolicy({
      ...aPolicy(),
      policy: 'web',
      stable: revision,
      previous: null,
      revisions: {},
    });
    expect(saved).toMatchObject({ ok: true });
    await api.patch(`${policies}/web/status`, { status: { asked: revision } });
    const answered = await admin(['status', 'web', '--wait']);
    expect(answered).toMatchObject({ code: 0, out: `web: ${revision} is stable, and nothing newer is asked for\n` });
    const viewer = await as('alice', ['status', 'web']);
    expect(viewer.err).toMatch(
      /can't be told whether something newer is asked for: .*cannot get resource "deployments"/,
    );
  });

  it('says to the others which right they lack', { timeout: 120_000 }, async () => {
    const refused = await as('bob', ['list']);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('User "bob" cannot list resource "releases" in API group "sluice.dev"');
  });
});
