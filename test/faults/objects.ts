/** What somebody applies to have a Deployment delivered: in versions of pods without a process, behind a VirtualService. */
import { fakeAnnotation } from '../lab/kubelet/pod.ts';
import { deliveredPolicy, deliveredSpec } from '../support/delivered-service.ts';
import { badPort, healthyPort } from './metrics-server.ts';

const replicas = 2;

/** `v1`, `v2` ...; one that ends with `-bad` fails half of its requests. */
export const template = (version: string): object => ({
  metadata: { labels: { app: 'app' }, annotations: { [fakeAnnotation]: 'ready' } },
  spec: {
    containers: [
      {
        name: 'app',
        image: `app:${version}`,
        ports: [{ name: 'http', containerPort: version.endsWith('-bad') ? badPort : healthyPort }],
      },
    ],
  },
});

export const versionOf = (image: string): string => image.replace('app:', '');

export const deployment = (): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app' },
  spec: { replicas, selector: { matchLabels: { app: 'app' } }, template: template('v1') },
});

export const usersService = (): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'app' },
  spec: { selector: { app: 'app' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});

export interface Step {
  readonly weight: number;
  /** Seconds, as the plan is written. */
  readonly bakeSeconds: number;
}

/** Every duration of the plan is divided by it. */
export const compression = 30;

/** Of every plan here: nothing but what it is about ends it. */
export const patientPlan = {
  maxDuration: '6h',
  blindFor: '1h',
  blindMax: '2h',
  watchFor: '20s',
  drain: '5s',
  verify: 'config',
  whenUnjudgeable: 'hold',
};

export const policy = (steps: readonly Step[]): object =>
  deliveredPolicy(
    deliveredSpec({
      plan: {
        ...patientPlan,
        steps: steps.map(({ weight, bakeSeconds }) => ({ weight, bake: `${bakeSeconds}s` })),
        readyWithin: '30m',
        scaleWithin: '30m',
      },
    }),
  );

export const settings = { sources: { pods: { scrape: { interval: '250ms' } } } };
