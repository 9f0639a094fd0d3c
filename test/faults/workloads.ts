/** The five workloads: what people do to a service that Sluice delivers, from a new version to how it is to end. */
import { request } from 'undici';
import { deploymentPath } from '../lab/sample-deployment.ts';
import { eventually } from '../support/eventually.ts';
import { ourFolder, routePath } from './end-state.ts';
import type { WorkloadName } from './fault.ts';
import { type Step, template } from './objects.ts';
import { weightsOf } from './route-oracle.ts';
import type { Scene } from './scene.ts';

export interface Workload {
  readonly steps: readonly Step[];
  /** Outcome of the last release that is to end. */
  readonly ends: string;
  act(scene: Scene): Promise<void>;
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

export const until = (scene: Scene, percent: number): Promise<unknown> =>
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
      const [running] = items;
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

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  promote: { steps: steps(brief), ends: 'succeeded', act: async (scene) => void (await push(scene, 'v2')) },
  rollback: { steps: steps(brief), ends: 'rolledBack', act: async (scene) => void (await push(scene, 'v2-bad')) },
  abort: {
    steps: steps(longest),
    ends: 'rolledBack',
    act: async (scene) => {
      await push(scene, 'v2');
      await until(scene, 50);
      await abort(scene);
    },
  },
  'new-revision': {
    steps: steps(long),
    ends: 'succeeded',
    act: async (scene) => {
      await push(scene, 'v2');
      await until(scene, 50);
      await push(scene, 'v3');
    },
  },
  'hand-edit': {
    steps: steps(long),
    ends: 'succeeded',
    act: async (scene) => {
      await push(scene, 'v2');
      await until(scene, 50);
      await raiseByHand(scene);
    },
  },
};
