/** A Deployment, and what its pods use, on a server that keeps objects as the API server does, and snapshots of it. */
import { KubernetesSnapshots } from '../../src/backup/kubernetes.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { ok } from '../../src/lib/result.ts';
import { value } from '../contract/store.ts';
import { startKubeObjects } from './kube-objects.ts';

export const canary = 'canary-token-7731';
export const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const at = {
  app: '/apis/apps/v1/namespaces/shop/deployments/app',
  config: '/api/v1/namespaces/shop/configmaps/app-config',
  copy: '/api/v1/namespaces/shop/configmaps/app-config-v1',
  flags: '/api/v1/namespaces/shop/configmaps/flags',
  secret: '/api/v1/namespaces/shop/secrets/db',
  maps: '/api/v1/namespaces/shop/configmaps',
  policy: '/apis/sluice.dev/v1alpha1/namespaces/shop/releasepolicies/app',
} as const;

export const template = (image: string): object => ({
  metadata: { labels: { app: 'app' } },
  spec: {
    containers: [
      {
        name: 'app',
        image,
        envFrom: [{ configMapRef: { name: 'app-config' } }, { configMapRef: { name: 'flags' } }],
        env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
      },
    ],
  },
});

export const deployment = (image: string): object => ({
  metadata: {},
  spec: { replicas: 0, template: template(image) },
});

const templateOf = ({ spec }: KubeObject): never => (spec as { readonly template: never }).template;

interface PointStatus {
  readonly rollbackPoints?: readonly { readonly id: string; readonly configMap: string }[];
}

export async function backedUp(secrets: 'included' | 'excluded' = 'included') {
  const objects = await startKubeObjects();
  const { put } = objects;
  put(at.policy, { metadata: {}, spec: {}, status: { record: 'kept' } });
  put(at.app, deployment('app:v1'));
  for (const path of [at.config, at.copy]) put(path, { metadata: {}, data: { greeting: 'hello' } });
  put(at.flags, { metadata: { labels: { team: 'web' } }, data: { fast: 'off', text: 'a\nb\nc' } });
  const secret = (password: string, more: object = {}): void =>
    void put(at.secret, { metadata: more, type: 'Opaque', data: { password: base64(password) } });
  secret(canary);
  /** As another controller has them, or one for another Deployment. */
  const open = ({ deployment = 'app', epoch = 7 } = {}) =>
    new KubernetesSnapshots({
      ...{
        client: objects.server.client({ writeWithinMs: 500 }),
        namespace: 'shop',
        policy: 'app',
        deployment,
        secrets,
      },
      ...{ epoch, learn: () => undefined },
      owner: { apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', name: 'app', uid: 'p' },
      delivered: async (revision) =>
        ok(/^v[1-9]$/.test(revision) ? { template: template('app:v1') as never, config: ['app-config'] } : null),
      template: {
        of: templateOf,
        configNames: () => ['app-config', 'flags'],
        copyName: (name, revision) => `${name}-${revision}`,
      },
    });
  const snapshots = open();
  /** As a release leaves it that changed all of it. */
  const changed = (): void => {
    put(at.app, deployment('app:v2'));
    put(at.config, { metadata: {}, data: { greeting: 'good morning' } });
    put(at.flags, { metadata: {}, data: { fast: 'on', text: 'a\nB\nc' } });
    secret('new-password');
  };
  const taken = async (nowMs = 1_000, revision = 'v1') => value(await snapshots.take({ revision, nowMs }));
  /** Path of the ConfigMap of a point, as the policy's status lists it. */
  const headOf = (id: string): string => {
    const { rollbackPoints = [] } = objects.at(at.policy)['status'] as PointStatus;
    return `${at.maps}/${rollbackPoints.find((each) => each.id === id)?.configMap ?? 'none'}`;
  };
  return { objects, snapshots, taken, changed, secret, open, headOf };
}
