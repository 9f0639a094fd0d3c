/** Orders as objects on a real API server: whose they are, that they act once and not late, under the shipped role and the documented ones. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KubernetesStore } from '../../../src/release/kubernetes-store.ts';
import { orderAdmission } from '../../../src/release/order-admission.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { clientOf } from '../../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { shippedAccount } from '../../lab/shipped-account.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { documentedRoles, grant } from '../../support/documented-roles.ts';
import { eventually } from '../../support/eventually.ts';
import { bakingRelease } from '../../support/sample-release.ts';
import { sluice, startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

interface Order extends KubeObject {
  readonly status?: { readonly phase?: string; readonly reason?: string; readonly message?: string };
}

describe.runIf(await needsLab('bare'))('orders in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let namespace: string;
  let settings: string;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
    namespace = await lab.namespace();
    settings = join(await tempDir(atEnd), 'settings.yaml');
    await writeFile(settings, 'sources: { pods: { scrape: { interval: 1s } } }');
    const store = new KubernetesStore({ client: clientOf(lab, 'admin'), namespace, epoch: 1, holds: () => true });
    const saved = await store.save({ ...bakingRelease(), version: 0 }, []);
    if (!saved.ok) throw new Error(saved.error.message);
    const [viewing, operating] = await documentedRoles();
    if (viewing === undefined || operating === undefined) throw new Error('the page gives no two roles');
    const user = (name: string) => [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }];
    await grant(lab, namespace, operating, user('alice'));
    await grant(lab, namespace, viewing, user('bob'));
  }, 300_000);

  const as = (who: 'alice' | 'bob', words: readonly string[]) =>
    sluice([...words, '-n', namespace, '--kubeconfig', lab.kubeconfig(who)]);

  /** The release is looked after by nobody: an order is recorded, and that is what is asked for here. */
  const startController = (kubeconfig: string) => {
    const place = ['-n', namespace, '--kubeconfig', kubeconfig];
    return startSluice(['controller', '--settings', settings, '--listen', '127.0.0.1:0', ...place]);
  };

  const folder = () => `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releaseorders`;
  const order = (name: string) => lab.api().get<Order>(`${folder()}/${name}`);
  const record = async () => {
    const path = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releases/app-3f2a`;
    const { status } = await lab.api().get<KubeObject & { readonly status: { readonly record: string } }>(path);
    return JSON.parse(status.record) as { readonly pauses: readonly { readonly who: string }[] };
  };

  const give = (name: string, spec: object, who: 'admin' | 'alice' | 'bob' = 'alice') =>
    lab.api(who).create(folder(), {
      ...{ apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleaseOrder', metadata: { name } },
      spec: { policy: 'app', release: 'app-3f2a', revision: 'v1.9.0', reason: 'a look', ...spec },
    });

  it('is whose the API server says that it is, with a right on that policy', { timeout: 120_000 }, async () => {
    await expect(give('a', { action: 'pause', user: 'bob' })).rejects.toThrow('spec.user is not who sends this');
    const groups = ['system:masters'];
    await expect(give('b', { action: 'pause', user: 'alice', groups })).rejects.toThrow('spec.groups names a group');
    await expect(give('c', { action: 'override', user: 'alice', gate: 'tests' })).rejects.toThrow(
      'alice lacks verb "override" on releasepolicies.sluice.dev "app"',
    );
    await expect(give('d', { action: 'pause', user: 'alice', policy: 'other' })).rejects.toThrow('lacks verb "pause"');
    await expect(give('e', { action: 'pause', user: 'bob' }, 'bob')).rejects.toThrow('cannot create');
  });

  it('acts once, soon or not at all, and the command says what it says over HTTP', { timeout: 300_000 }, async () => {
    // Given while no controller runs; of another policy than its release is.
    await give('early', { action: 'pause', user: 'alice' });
    await give('strange', { action: 'pause', user: 'admin', policy: 'other' }, 'admin');
    const account = await shippedAccount(lab, namespace);
    const first = startController(account.kubeconfig);
    await eventually(async () => (await order('early')).status?.phase === 'Accepted', { withinMs: 60_000 });
    expect((await record()).pauses).toMatchObject([{ who: 'alice' }]);
    expect((await order('strange')).status).toMatchObject({ phase: 'Refused', reason: 'Invalid' });
    await expect(lab.api().patch(`${folder()}/early`, { spec: { action: 'abort' } })).rejects.toThrow('is not changed');

    const resumed = await as('alice', ['resume', 'app', '--reason', 'it was nothing']);
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.out).toContain('resumed app-3f2a (app v1.9.0)');
    expect((await record()).pauses).toEqual([]);
    const refused = await as('alice', ['answer', 'app', '--reason', 'no']);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('app-3f2a has no investigation: there is nothing to answer');
    const lacking = await as('alice', ['override', 'app', 'tests', '--reason', 'no']);
    expect(lacking).toMatchObject({ code: 3 });
    expect(lacking.err).toContain(
      `sluice: alice lacks verb "override" on releasepolicies.sluice.dev "app" in namespace ${namespace}: a Role has to grant it\n`,
    );
    expect((await as('bob', ['pause', 'app', '--reason', 'no'])).err).toContain(
      'cannot create resource "releaseorders"',
    );

    // One that had its effect, whose controller died before it said so.
    first.child.kill('SIGKILL');
    await first.exited;
    await lab.api().patch(`${folder()}/early/status`, { status: null });
    const second = startController(account.kubeconfig);
    await eventually(async () => (await order('early')).status?.phase !== undefined, { withinMs: 60_000 });
    expect((await record()).pauses).toEqual([]);
    second.child.kill('SIGTERM');
    await second.exited;
    // What both did, and what the first of them refused, each once.
    const admin = ['-n', namespace, '--kubeconfig', lab.kubeconfig('admin')];
    const said = await sluice(['trail', '-o', 'json', ...admin]);
    const { entries } = JSON.parse(said.out) as {
      readonly entries: readonly { readonly who: string; readonly what: string }[];
    };
    const ofPeople = entries.filter(({ who }) => who !== 'sluice').map(({ what, who }) => `${who} ${what}`);
    expect(ofPeople.toSorted()).toEqual(['admin OrderRefused', 'alice OrderRefused', 'alice Paused', 'alice Resumed']);
    const proof = await sluice(['trail', '--verify', ...admin]);
    expect(proof.out).toContain('nothing was found against it');
    const { items } = await lab.api().list(`/api/v1/namespaces/${namespace}/configmaps`);
    const piece = items.find(({ metadata }) => metadata.name.startsWith('sluice-trail-'));
    const path = `/api/v1/namespaces/${namespace}/configmaps/${piece?.metadata.name ?? ''}`;
    const { data } = await lab.api().get<KubeObject & { readonly data: { readonly lines: string } }>(path);
    await lab.api().patch(path, { data: { lines: data.lines.replace('alice', 'mallo') } });
    const broken = await sluice(['trail', '--verify', ...admin]);
    expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('were changed') });
    // But for the false name that it tried.
    expect(account.refused().filter((call) => !call.includes('releaseorders?dryRun=All'))).toEqual([]);
  });

  it('is refused where the API server compares no names', { timeout: 300_000 }, async () => {
    const binding = orderAdmission().find(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    if (binding === undefined) throw new Error('nothing binds the admission policy');
    const path = `/apis/${binding.apiVersion}/validatingadmissionpolicybindings/${binding.metadata.name}`;
    const elsewhere = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [namespace] };
    const matchResources = { namespaceSelector: { matchExpressions: [elsewhere] } };
    await lab.api().apply(path, { ...binding, spec: { ...binding.spec, matchResources } });
    atEnd(() => lab.api().apply(path, binding));
    const forged = { action: 'pause', user: 'root' };
    await eventually(
      () =>
        give('forged', forged).then(
          () => true,
          () => false,
        ),
      { withinMs: 60_000 },
    );
    startController((await shippedAccount(lab, namespace)).kubeconfig);
    await eventually(async () => (await order('forged')).status?.phase === 'Refused', { withinMs: 60_000 });
    expect((await order('forged')).status).toMatchObject({ reason: 'Unproven' });
    expect((await order('forged')).status?.message).toContain('sluice crds | kubectl apply -f -');
    expect((await record()).pauses).toEqual([]);
  });
});
