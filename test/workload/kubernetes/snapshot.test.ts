import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { configNames, deliveredTemplate, intentOf, revisionName } from '../../../src/workload/kubernetes/snapshot.ts';

const container = { name: 'app', image: 'app:v1', envFrom: [{ configMapRef: { name: 'settings' } }] };

const aDeployment = ({ labels = {}, annotations = {}, spec = {} } = {}): KubeObject => ({
  metadata: { name: 'app', uid: 'u1', resourceVersion: '1' },
  spec: {
    replicas: 3,
    template: {
      metadata: { labels: { app: 'app', ...labels }, annotations },
      spec: { containers: [container], ...spec },
    },
  },
});

const templateOf = (deployment: KubeObject) => {
  const intent = intentOf(deployment);
  if (intent === null) throw new Error('no intent');
  return intent.template;
};

describe('what a Deployment asks for', () => {
  it('has a name that only what runs in the pods changes', () => {
    const name = revisionName(templateOf(aDeployment()));
    expect(name).toMatch(/^[0-9a-f]{10}$/);
    const tracked = {
      labels: { 'app.kubernetes.io/instance': 'shop', 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        'argocd.argoproj.io/tracking-id': 'x',
        'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z',
      },
    };
    expect(revisionName(templateOf(aDeployment(tracked)))).toBe(name);
    expect(revisionName(templateOf(aDeployment({ labels: { tier: 'web' } })))).not.toBe(name);
    expect(revisionName(templateOf(aDeployment({ spec: { priority: 1 } })))).not.toBe(name);
  });

  it('has another name with other configuration', () => {
    const template = templateOf(aDeployment());
    const withGreeting = (greeting: string) => revisionName(template, { settings: { data: { greeting } } });
    expect(withGreeting('hello')).not.toBe(withGreeting('goodbye'));
    expect(withGreeting('hello')).toBe(withGreeting('hello'));
  });

  // Of templates that run somewhere: others after an upgrade of Sluice are other revisions of all of them.
  it.each([
    ['7e557e4b20', {}, {}],
    [
      'b992c3fe77',
      {
        labels: { tier: 'web' },
        annotations: { team: 'shop' },
        spec: { priority: 1, terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {} },
      },
      {},
    ],
    ['f6fd91bd2f', {}, { settings: { data: { greeting: 'hello' } } }],
    ['c8b67e706a', {}, { settings: { data: { greeting: 'hello' }, binaryData: { logo: 'AAE=' } }, keys: {} }],
  ])('has the name %s in every version of Sluice', (name, deployment, config) => {
    expect(revisionName(templateOf(aDeployment(deployment)), config)).toBe(name);
  });

  it('is nothing for an object that has no pods', () => {
    expect(intentOf({ metadata: { name: 'a', uid: 'u', resourceVersion: '1' }, spec: {} })).toBeNull();
  });
});

describe('configuration of a template', () => {
  const spec = {
    containers: [container, { name: 'b', env: [{ valueFrom: { configMapKeyRef: { name: 'keys', key: 'a' } } }] }],
    volumes: [
      { name: 'files', configMap: { name: 'files' } },
      { name: 'all', projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'secret' } }] } },
    ],
  };

  it('is found wherever a pod may name it', () => {
    expect(configNames(templateOf(aDeployment({ spec })))).toEqual(['files', 'keys', 'settings']);
  });

  it('is named by its copies where it is delivered, and by itself where it is not', () => {
    const template = templateOf(aDeployment({ spec }));
    const of = { kind: 'pods', template, config: ['files', 'settings'], replicas: 1 } as const;
    const delivered = deliveredTemplate(of, { 'sluice.dev/revision': 'r1' }, (name) => `${name}-r1`);
    expect(configNames(delivered)).toEqual(['files-r1', 'keys', 'settings-r1']);
    expect(delivered['metadata']).toMatchObject({ labels: { app: 'app', 'sluice.dev/revision': 'r1' } });
    expect(configNames(template)).toEqual(['files', 'keys', 'settings']);
  });
});
