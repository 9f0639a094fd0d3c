/** A restore beside Argo CD and Flux: they are suspended first, or nothing is written. */
import { expect, it } from 'vitest';
import { value } from '../contract/store.ts';
import { Refused } from '../support/kube-objects.ts';
import { at, deployment, backedUp as scene } from '../support/kubernetes-backups.ts';

const argo = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop';
const byArgo = { managedFields: [{ manager: 'argocd-controller' }] };
const order = { to: null, overwrite: ['all'] };

it('suspends the GitOps manager of what it writes first, or writes nothing, and says what to revert and to resume', async () => {
  const { objects, snapshots, taken } = await scene();
  await taken();
  const flux = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps';
  const source = { repoURL: 'https://git.example.com/shop.git' };
  const automated = { selfHeal: true };
  objects.put(argo, {
    metadata: {},
    spec: { source, syncPolicy: { automated } },
    status: { sync: { revision: '3f2a91' } },
  });
  objects.put(flux, { metadata: {}, spec: {}, status: { lastAppliedRevision: 'main@sha1:77aa' } });
  const group = 'kustomize.toolkit.fluxcd.io';
  const labels = { [`${group}/name`]: 'apps', [`${group}/namespace`]: 'flux-system' };
  objects.put(at.flags, { metadata: { labels }, data: { fast: 'on' } });
  const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/app' };
  objects.put(at.app, { ...deployment('app:v2'), metadata: { annotations } });
  expect(value(await snapshots.plan(order)).remarks).toEqual([
    'Application argocd/shop applies some of these objects: a restore suspends it first',
    'Kustomization flux-system/apps applies some of these objects: a restore suspends it first',
  ]);
  objects.before = ({ path }) => {
    if (path === flux) throw new Refused(403, 'Forbidden', 'no');
  };
  expect(await snapshots.restore(order)).toMatchObject({
    error: { reason: 'GitOpsNotSuspended', message: expect.stringContaining('lacks verb "patch" on kustomizations') },
  });
  expect(objects.at(at.flags)['data']).toEqual({ fast: 'on' });
  // What is suspended already is told, and how it is resumed is told again later.
  expect(await snapshots.restore(order)).toMatchObject({
    error: { message: expect.stringContaining(`Application argocd/shop was suspended already`) },
  });
  objects.before = () => undefined;
  const { remarks } = value(await snapshots.restore(order));
  expect(objects.at(argo)['spec']).toEqual({ source, syncPolicy: {} });
  expect(objects.at(flux)['spec']).toEqual({ suspend: true });
  expect(remarks[0]).toContain('applied 3f2a91 of https://git.example.com/shop.git last: revert that in Git first');
  expect(remarks[1]).toContain('main@sha1:77aa');
  const noMore = '{"metadata":{"annotations":{"sluice.dev/suspended":null}},"spec":';
  expect(remarks[0]).toContain(`${noMore}{"syncPolicy":{"automated":{"selfHeal":true}}}}`);
  expect(remarks[1]).toContain(`patch kustomizations.${group} apps --type merge -p '${noMore}{"suspend":false}}'`);
});

/** The Deployment is changed, and Argo CD says of it what is given. */
async function argoed(metadata: object) {
  const found = await scene();
  await found.taken();
  found.objects.put(at.app, { ...deployment('app:v2'), metadata });
  const refused = async (words: string) => {
    const before = found.objects.accepted.length;
    expect(await found.snapshots.restore(order)).toMatchObject({
      error: { reason: 'GitOpsNotSuspended', message: expect.stringContaining(words) },
    });
    expect(found.objects.accepted).toHaveLength(before);
  };
  return { ...found, refused };
}

it('reads every manager before it suspends one, and tells how each is resumed when the restore gets stuck', async () => {
  const { objects, snapshots, refused } = await argoed({ ...byArgo, labels: { 'app.kubernetes.io/instance': 'shop' } });
  const automated = { prune: true };
  const flux = { 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'flux' };
  objects.put(argo, { metadata: {}, spec: { syncPolicy: { automated } } });
  objects.put(at.flags, { metadata: { labels: flux }, data: { fast: 'on' } });
  await refused('helm.toolkit.fluxcd.io/v2 is not served');
  expect(objects.at(argo)['spec']).toEqual({ syncPolicy: { automated } });
  objects.put('/apis/helm.toolkit.fluxcd.io/v2', { metadata: {} });
  let isMet = false;
  objects.before = ({ path }) => {
    // Argo CD notes something between read and write.
    if (path === argo && !isMet) objects.put(argo, { ...objects.at(argo), status: { n: 1 } });
    isMet ||= path === argo;
    if (path === at.app) throw new Refused(403, 'Forbidden', 'no');
  };
  const stuck = await snapshots.restore(order);
  const resumed = expect.stringContaining('"spec":{"syncPolicy":{"automated":{"prune":true}}}}');
  expect(stuck).toMatchObject({ error: { reason: 'RestoreStuck', message: resumed } });
  objects.before = () => undefined;
  const { remarks } = value(await snapshots.restore(order));
  expect(remarks).toEqual([resumed]);
  expect(objects.at(argo)['spec']).toEqual({ syncPolicy: {} });
});

it('is refused where Argo CD wrote and no Application is known', async () => {
  const { refused, snapshots } = await argoed(byArgo);
  await refused('Argo CD applies Deployment app, and neither tracking id nor label says');
  expect(value(await snapshots.plan(order)).remarks).toEqual([expect.stringContaining('a restore is refused')]);
  // The label alone is set by Helm and by people, too.
  const other = await argoed({ labels: { 'app.kubernetes.io/instance': 'shop' } });
  expect(value(await other.snapshots.restore(order)).remarks).toEqual([]);
});

it('an object that is gone is known by the labels that it had', async () => {
  const { objects, snapshots } = await scene();
  const labels = { 'argocd.argoproj.io/instance': 'shop' };
  objects.put(at.flags, { metadata: { labels }, data: { fast: 'off' } });
  value(await snapshots.take({ revision: 'v1', nowMs: 1_000 }));
  objects.remove(at.flags);
  objects.put(argo, { metadata: {}, spec: { syncPolicy: { automated: {} } } });
  value(await snapshots.restore(order));
  expect(objects.at(argo)['spec']).toEqual({ syncPolicy: {} });
});
