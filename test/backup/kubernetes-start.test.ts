/** Who restores is told which pods go on with what they read when they started. */
import { expect, it } from 'vitest';
import { startRemarks } from '../../src/backup/kubernetes-start.ts';

const container = (more: object): object => ({ name: 'app', ...more });
const secretVolume = { name: 'keys', secret: { secretName: 'db' } };
const projected = {
  name: 'keys',
  projected: { sources: [{ secret: { name: 'db' } }, { configMap: { name: 'flags' } }] },
};
const mount = { name: 'keys', mountPath: '/keys' };

const said = (spec: object, copied: readonly string[] = []): readonly string[] =>
  startRemarks({
    ...{ template: { spec }, copied, namespace: 'shop', deployment: 'app' },
    parts: [
      { kind: 'Deployment', name: 'app' },
      { kind: 'ConfigMap', name: 'flags' },
      { kind: 'Secret', name: 'db' },
    ],
  });

const restart = '`kubectl rollout restart deployment app -n shop` restarts those of stable, without a release';

it.each([
  ['env of app', { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'p' } } }] }, {}],
  ['envFrom of app', { envFrom: [{ secretRef: { name: 'db' } }] }, {}],
  ['subPath of app', { volumeMounts: [{ ...mount, subPath: 'p' }] }, { volumes: [secretVolume] }],
] as const)('%s is read at a start', (place, used, more) => {
  const told = `Secret db is read by pods only when they start (${place}): ${restart}`;
  expect(said({ containers: [container(used)], ...more })).toEqual([told]);
  expect(said({ initContainers: [container(used)], containers: [container({})], ...more })).toEqual([told]);
});

it('a projected volume by subPath is read at a start, too, and by whom all', () => {
  const used = container({
    volumeMounts: [{ ...mount, subPathExpr: '$(P)' }],
    envFrom: [{ configMapRef: { name: 'flags' } }],
  });
  expect(said({ containers: [used], volumes: [projected] })).toEqual([
    `ConfigMap flags is read by pods only when they start (envFrom of app, subPath of app): ${restart}`,
    `Secret db is read by pods only when they start (subPath of app): ${restart}`,
  ]);
});

it('what is mounted whole, or is not used, is seen without a restart; a copy of its own nobody changed', () => {
  const whole = { containers: [container({ volumeMounts: [mount], env: [{ name: 'A', value: 'db' }] })] };
  expect(said({ ...whole, volumes: [projected] })).toEqual([]);
  expect(said({ containers: [container({})] })).toEqual([]);
  expect(said({ containers: [container({ envFrom: [{ configMapRef: { name: 'flags' } }] })] }, ['flags'])).toEqual([
    'ConfigMap flags: the pods of that revision have a copy of their own, which nobody changed: nothing is to be restarted',
  ]);
});
