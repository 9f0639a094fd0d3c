/** The workloads: what people do to a service that Sluice delivers or is to deliver, from their first word to how it is to end. */
import { request } from 'undici';
import type { OrderSpec } from '../../src/release/order-object-schema.ts';
import { orderBody, ordersFolder } from '../../src/wiring/cluster/order-object.ts';
import { folders, revisionOf } from '../../src/workload/kubernetes/labels.ts';
import { wishOf } from '../../src/workload/kubernetes/wish.ts';
import { clientOf } from '../lab/client-of.ts';
import { type Deployment, deploymentPath } from '../lab/sample-deployment.ts';
import { eventually } from '../support/eventually.ts';
import { type EndState, endState, ourFolder, policyPath, routePath } from './end-state.ts';
import type { WorkloadName } from './fault.ts';
import { policy, type Step, template } from './objects.ts';
import { weightsOf } from './route-oracle.ts';
import type { Scene } from './scene.ts';

export interface Workload {
  readonly steps: readonly Step[];
  /** `plain`: the service has no policy yet. */
  readonly before: 'delivered' | 'plain';
  /** Done before anything counts. */
  prepare?(scene: Scene): Promise<void>;
  act(scene: Scene): Promise<void>;
  /** Resolves in the midst of it. */
  amid(scene: Scene): Promise<unknown>;
  /** Undisturbed, nothing that people wait for is under way any more. */
  isOver(end: EndState): boolean;
}

/** On a machine that is busy with other things. */
export const patientMs = 240_000;

const brief = 30;
/** Long enough for somebody to do something at it. */
const long = 75;
/** The same where what is done ends it: nobody waits so long. */
const longest = 600;
/** One that was stopped answers nothing. */
const answersWithinMs = 5_000;

const steps = (half: number): readonly Step[] => [
  { weight: 25, bakeSeconds: brief },
  { weight: 50, bakeSeconds: half },
  { weight: 100, bakeSeconds: brief },
];

const push = ({ api, namespace }: Scene, version: string): Promise<unknown> =>
  api.patch(deploymentPath(namespace, 'app'), { spec: { template: template(version) } });

/** The newest that the server accepted. */
const weight = ({ happened }: Scene): number => {
  const route = happened().findLast(({ plural }) => plural === 'virtualservices')?.object;
  return route === undefined ? 0 : weightsOf(route).canary;
};

const until = (scene: Scene, percent: number): Promise<unknown> =>
  eventually(() => weight(scene) === percent, { withinMs: patientMs });

interface Running {
  readonly spec: { readonly revision: string };
  readonly metadata: { readonly name: string };
  readonly status?: { readonly phase?: string };
}

/** As `sluice abort` gives it; again while nobody leads. */
async function abort({ api, namespace, controllers, token }: Scene): Promise<void> {
  await eventually(
    async () => {
      const { items } = await api.list<Running>(`${ourFolder(namespace)}/releases`);
      // One without a record is an order to the server that landed late: nobody acts on it.
      const running = items.find(({ status }) => status?.phase !== undefined);
      if (/rollingBack|rolledBack/.test(running?.status?.phase ?? '')) return true;
      const url = controllers.url();
      if (url === null || running === undefined) return false;
      const { statusCode, body } = await request(`${url}/api/v1/releases/${running.metadata.name}/abort`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ revision: running.spec.revision, who: 'Ann', reason: 'it is not wanted' }),
        signal: AbortSignal.timeout(answersWithinMs),
      });
      const said = await body.text();
      if (statusCode >= 300) throw new Error(`abort: ${statusCode} ${said}`);
      return true;
    },
    { everyMs: 100, withinMs: patientMs },
  );
}

/** Somebody takes the matter into his own hands. */
async function raiseByHand({ api, namespace }: Scene): Promise<void> {
  const path = routePath(namespace);
  const legs = (at: number): string => `/spec/http/0/route/${at}/weight`;
  const edit = [
    { op: 'test', path: legs(1), value: 50 },
    { op: 'replace', path: legs(0), value: 10 },
    { op: 'replace', path: legs(1), value: 90 },
  ];
  await api.patch(path, edit, 'json');
}

const comesTo = ({ api, namespace }: Scene, is: (state: EndState) => boolean): Promise<unknown> =>
  eventually(async () => is(await endState(api, namespace)), { withinMs: patientMs, everyMs: 200 });

/** As `kubectl sluice` gives it, of a version. */
async function order({ api, lab, namespace }: Scene, action: OrderSpec['action'], version: string): Promise<void> {
  const listed = await clientOf(lab, 'admin').list(folders(namespace).deployments);
  if (!listed.ok) throw new Error(listed.error.message);
  const ofVersion = listed.value.objects.filter((each) => JSON.stringify(each).includes(`"image":"app:${version}"`));
  const [revision = ''] = ofVersion.flatMap((each) => revisionOf(each) ?? wishOf(each, [])?.revision ?? []);
  const spec = { policy: 'app', action, revision, user: 'admin', reason: 'it is wanted' };
  await api.create(ordersFolder(namespace), orderBody(action, spec));
}

const isFinal = (release: string): boolean => / (succeeded|rolledBack|failed)$/.test(release);

/** A release of a service that is delivered; `phase`: of the last one that is to end. */
const release = (phase: 'succeeded' | 'rolledBack') => ({
  before: 'delivered' as const,
  amid: (scene: Scene) => until(scene, 25),
  isOver: ({ releases }: EndState) => releases.some((each) => each.endsWith(` ${phase}`)) && releases.every(isFinal),
});

const targetHas = ({ api, namespace }: Scene, replicas: number): Promise<unknown> =>
  eventually(async () => (await api.get<Deployment>(deploymentPath(namespace, 'app'))).spec.replicas === replicas, {
    withinMs: patientMs,
  });

const serviceIsMade = ({ happened }: Scene): Promise<unknown> =>
  eventually(() => happened().some(({ object, plural }) => plural === 'services' && object.metadata.name !== 'app'), {
    withinMs: patientMs,
  });

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  promote: { ...release('succeeded'), steps: steps(brief), act: async (scene) => void (await push(scene, 'v2')) },
  rollback: { ...release('rolledBack'), steps: steps(brief), act: async (scene) => void (await push(scene, 'v2-bad')) },
  abort: {
    ...release('rolledBack'),
    steps: steps(longest),
    act: async (scene) => {
      await push(scene, 'v2');
      await until(scene, 50);
      await abort(scene);
    },
  },
  'new-revision': {
    ...release('succeeded'),
    steps: steps(long),
    act: async (scene) => {
      await push(scene, 'v2');
      await until(scene, 50);
      await push(scene, 'v3');
    },
  },
  'hand-edit': {
    ...release('succeeded'),
    steps: steps(long),
    act: async (scene) => {
      await push(scene, 'v2');
      await until(scene, 50);
      await raiseByHand(scene);
    },
  },
  adopt: {
    steps: steps(brief),
    before: 'plain',
    act: async ({ api, namespace }) => void (await api.apply(policyPath(namespace), policy(steps(brief)))),
    amid: serviceIsMade,
    isOver: ({ isReady, deployments }) => isReady && deployments.includes('target v1 x 0'),
  },
  /** Back to what was stable before, by a person's word, while the Deployment asks for the newer. */
  'set-stable': {
    steps: [{ weight: 100, bakeSeconds: brief }],
    before: 'delivered',
    prepare: async (scene) => {
      await push(scene, 'v2');
      // The revision before goes while its release is watched still, and an order is refused until that has ended.
      await comesTo(scene, ({ deployments, releases }) => {
        const isOver = releases.length > 0 && releases.every((each) => each === 'v2 succeeded');
        return isOver && deployments.includes('revision v1 x 0');
      });
    },
    act: (scene) => order(scene, 'set-stable', 'v1'),
    amid: (scene) => comesTo(scene, ({ stable }) => stable === 'v1'),
    isOver: ({ deployments, isReady, orders, services }) =>
      isReady &&
      services['app'] === 'v1' &&
      deployments.includes('revision v2 x 0') &&
      orders.includes('set-stable Accepted'),
  },
  /** Sooner than by itself. */
  start: {
    ...release('succeeded'),
    steps: steps(brief),
    act: async (scene) => {
      await push(scene, 'v2');
      await order(scene, 'start', 'v2');
    },
  },
  /** With users on the canary. */
  remove: {
    steps: steps(longest),
    before: 'delivered',
    act: async (scene) => {
      await push(scene, 'v2');
      await until(scene, 50);
      await scene.api.delete(policyPath(scene.namespace));
    },
    amid: (scene) => targetHas(scene, 2),
    // With it go its releases, a little later.
    isOver: ({ deployments, releases, stable }) =>
      stable === 'no policy' && deployments.length === 1 && releases.length === 0,
  },
};
