/** One service of a fleet whose pods are pretended: what people do to it, and what the cluster shows of it. */
import { folders, label } from '../../src/workload/kubernetes/labels.ts';
import { template } from '../faults/objects.ts';
import type { Api, KubeObject } from '../lab/api/api.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import { deploymentPath } from '../lab/sample-deployment.ts';
import { splitRoute } from './delivered-service.ts';
import { eventually } from './eventually.ts';
import type { Stood } from './operated-service.ts';

/** Words of the release that began last. */
export interface Newest {
  readonly name: string;
  readonly revision: string;
  readonly phase: string;
  readonly message: string;
  readonly reason: string;
  readonly applied: number;
  readonly bornAt: string;
}

export interface PretendedService {
  readonly name: string;
  readonly policyPath: string;
  readonly routePath: string;
  /** `v2`; one that ends with `-bad` fails half of its requests. */
  push(version: string): Promise<unknown>;
  newest(): Promise<Newest | null>;
  /** Waits until the newest release is as asked for. */
  until(is: (release: Newest) => boolean): Promise<Newest>;
  releases(): Promise<readonly Newest[]>;
  stable(): Promise<string>;
  policy(): Promise<Stood>;
  /** Asks the controller's API, as nobody who is asked who they are. */
  order(verb: string, words?: object): Promise<void>;
  /** Weight of the canary, as somebody else writes it. */
  editWeight(canary: number, manager: string): Promise<unknown>;
  /** Weights of the canary that the route had, one after the other, whoever wrote them. */
  weights(): readonly number[];
  weight(): Promise<number>;
  makeRoute(): Promise<unknown>;
  /** Pods that are not ready any more, though they run. */
  unready(revision: string): Promise<void>;
  /** Revision that a Service selects. */
  selected(which: 'stable' | 'canary' | 'users'): Promise<string | undefined>;
}

interface Told extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly creationTimestamp: string };
  readonly spec: { readonly policy: string; readonly revision: string };
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly weight?: { readonly applied?: number };
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
}

interface Route {
  readonly spec: { readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[] };
}

export interface Ground {
  readonly lab: JoinedLab;
  readonly api: Api;
  readonly namespace: string;
  url(): Promise<string>;
  /** Of the controller. */
  output(): string;
}

export const labelled = (name: string, version: string): object => {
  const { metadata, spec } = template(version) as { readonly metadata: object; readonly spec: object };
  return { metadata: { ...metadata, labels: { app: name } }, spec };
};

/** On a machine that is busy with other things. */
export const patience = { withinMs: 120_000, everyMs: 50 };

export function serviceOf(ground: Ground, name: string): PretendedService {
  const { api, lab, namespace } = ground;
  const ours = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}`;
  const policyPath = `${ours}/releasepolicies/${name}`;
  const routePath = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/${name}`;
  const releases = async () => (await api.list<Told>(`${ours}/releases`)).items.flatMap(toldOf(name)).toSorted(byAge);
  const newest = async () => (await releases()).at(-1) ?? null;
  const policy = () => api.get<Stood>(policyPath);
  const weight = async () => canaryOf(await api.get<Route>(routePath));
  return {
    ...{ name, policyPath, routePath, releases, newest, policy, weight },
    push: (version) => api.patch(deploymentPath(namespace, name), { spec: { template: labelled(name, version) } }),
    until: (is) => waitFor(ground, { newest, is }),
    stable: async () => (await policy()).status?.stable ?? '',
    order: async (verb, words) => order(await ground.url(), { verb, words, release: await newest() }),
    editWeight: (canary, manager) => {
      const to = (index: number, value: number): object => ({
        op: 'add',
        path: `/spec/http/0/route/${index}/weight`,
        value,
      });
      return api.patch(`${routePath}?fieldManager=${manager}`, [to(0, 100 - canary), to(1, canary)], 'json');
    },
    weights: () =>
      lab
        .audit()
        .filter(
          ({ requestURI, responseStatus }) => requestURI.startsWith(`${routePath}?`) && responseStatus?.code === 200,
        )
        .flatMap(({ responseObject }) => (responseObject as Partial<Route> | undefined)?.spec?.http ?? [])
        .map(({ route }) => route[1]?.weight ?? 0)
        .filter((each, index, all) => each !== all[index - 1]),
    makeRoute: () => api.apply(routePath, splitRoute({ namespace, name, gateways: null, rule: 'primary' })),
    unready: (revision) => unready(ground, revision),
    selected: async (which) => {
      const service = which === 'users' ? name : `${name}-${which}`;
      return (await api.get<Selecting>(`${folders(namespace).services}/${service}`)).spec.selector[label.revision];
    },
  };
}

type Selecting = KubeObject & { readonly spec: { readonly selector: Readonly<Record<string, string>> } };

const canaryOf = ({ spec }: Route): number => spec.http[0]?.route[1]?.weight ?? 0;

const toldOf =
  (policy: string) =>
  ({ metadata, spec, status }: Told): readonly Newest[] =>
    spec.policy === policy
      ? [
          {
            name: metadata.name,
            revision: spec.revision,
            phase: status?.phase ?? '',
            message: status?.message ?? '',
            reason: status?.conditions?.find(({ type }) => type === 'Ready')?.reason ?? '',
            applied: status?.weight?.applied ?? 0,
            bornAt: metadata.creationTimestamp,
          },
        ]
      : [];

/** Of one second, the name tells: it ends with the time of its start. */
const byAge = (a: Newest, b: Newest): number => `${a.bornAt}${a.name}`.localeCompare(`${b.bornAt}${b.name}`);

async function waitFor(
  ground: Ground,
  { newest, is }: { readonly newest: () => Promise<Newest | null>; readonly is: (release: Newest) => boolean },
): Promise<Newest> {
  let seen: Newest | null = null;
  const found = async (): Promise<Newest | null> => {
    seen = await newest();
    return seen !== null && is(seen) ? seen : null;
  };
  return eventually(found, patience).catch((cause: unknown) => {
    throw new Error(`the newest release is ${JSON.stringify(seen)}\n${ground.output().slice(-3_000)}`, { cause });
  });
}

async function order(
  url: string,
  {
    verb,
    words,
    release,
  }: { readonly verb: string; readonly words?: object | undefined; readonly release: Newest | null },
): Promise<void> {
  const body = JSON.stringify({ revision: release?.revision, reason: 'a test asks for it', ...words });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/releases/${release?.name}/${verb}`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`${verb}: ${answer.status} ${await answer.text()}`);
}

/** As a kubelet tells it of pods that fail their probes; the lab's tells nothing of pods without a process. */
async function unready({ api, namespace }: Ground, revision: string): Promise<void> {
  const { pods } = folders(namespace);
  const { items } = await api.list(`${pods}?labelSelector=${label.revision}%3D${revision}`);
  const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }];
  for (const { metadata } of items)
    await api.patch(`${pods}/${metadata.name}/status`, { status: { conditions } }, 'strategic');
}
