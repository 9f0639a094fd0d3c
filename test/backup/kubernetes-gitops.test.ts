/** A restore beside Argo CD and Flux: they are suspended first, or nothing is written. */
import { expect, it } from 'vitest';
import { value } from '../contract/store.ts';
import { Refused } from '../support/kube-objects.ts';
import { at, deployment, backedUp as scene } from '../support/kubernetes-backups.ts';

it('suspends the GitOps manager of what it writes first, or writes nothing, and says what to revert and to resume', async () => {
  const { objects, snapshots, taken } = await scene();
  await taken();
  const argo = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop';
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
  const order = { to: null, overwrite: ['all'] };
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
  objects.before = () => undefined;
  const { remarks } = value(await snapshots.restore(order));
  expect(objects.at(argo)['spec']).toEqual({ source, syncPolicy: {} });
  expect(objects.at(flux)['spec']).toEqual({ suspend: true });
  expect(remarks[0]).toContain('applied 3f2a91 of https://git.example.com/shop.git last: revert that in Git first');
  expect(remarks[1]).toContain('main@sha1:77aa');
  expect(remarks[1]).toContain(`patch kustomizations.${group} apps --type merge -p '{"spec":{"suspend":false}}'`);
});
