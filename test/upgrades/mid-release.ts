/** What must be the same before and after an upgrade in the midst of releases, and how a fleet is brought there. */
import { contentHash } from '../../src/lib/content-hash.ts';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { Fleet } from '../bench/cluster/fleet.ts';
import { ourFolder } from '../faults/end-state.ts';
import type { Happened } from '../faults/history.ts';
import type { Step } from '../faults/objects.ts';
import { routeFaults, weightsOf } from '../faults/route-oracle.ts';
import type { Ground } from '../faults/scene.ts';
import type { KubeObject } from '../lab/api/api.ts';
import type { AtEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';

/** Long enough for an upgrade at 25 %, and for nothing to end by itself. */
const steps: readonly Step[] = [
  { weight: 25, bakeSeconds: 150 },
  { weight: 50, bakeSeconds: 1_200 },
  { weight: 100, bakeSeconds: 1_200 },
];

export interface Order {
  readonly size: number;
  readonly atEnd: AtEnd;
  readonly program?: string | undefined;
}

export interface Release extends KubeObject {
  readonly spec: { readonly revision: string; readonly policy: string };
  readonly status?: { readonly phase?: string; readonly step?: string; readonly record?: string };
}

export const releasesPath = ({ namespace }: Fleet): string => `${ourFolder(namespace)}/releases`;

/** Each at 25 %. */
export async function bakingFleet(ground: Ground, { size, atEnd, program }: Order): Promise<Fleet> {
  const plan = steps.map(({ weight, bakeSeconds }) => ({ weight, bake: `${bakeSeconds}s` }));
  const fleet = await Fleet.open(ground, { size, steps: plan, atEnd, program });
  await fleet.adopt();
  await fleet.push('v2', /baking/);
  return fleet;
}

/** Name and identity of everything that an upgrade leaves alone. */
export async function standing({ api }: Ground, fleet: Fleet): Promise<ReadonlyMap<string, string>> {
  const { deployments } = folders(fleet.namespace);
  const [releases, workloads] = await Promise.all([api.list<Release>(releasesPath(fleet)), api.list(deployments)]);
  return new Map([
    ...releases.items.map((each): [string, string] => [`Release ${each.metadata.name}`, releaseIs(each)]),
    ...workloads.items.map((each): [string, string] => [`Deployment ${each.metadata.name}`, templateIs(each)]),
  ]);
}

function releaseIs({ metadata, spec, status }: Release): string {
  const { startedAtMs, plan } = JSON.parse(status?.record ?? '{}') as Readonly<Record<string, unknown>>;
  return contentHash([metadata.uid, spec, startedAtMs ?? null, plan ?? null]);
}

const templateIs = (deployment: KubeObject): string => {
  const { template } = (deployment as { readonly spec?: { readonly template?: unknown } }).spec ?? {};
  return contentHash([deployment.metadata.uid, template]);
};

/** Sentences about what was started, lost or made anew. */
export const changes = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] => [
  ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `${name} is gone`),
  ...[...after.keys()].filter((name) => !before.has(name)).map((name) => `${name} is new`),
  ...[...after]
    .filter(([name, is]) => before.has(name) && before.get(name) !== is)
    .map(([name]) => `${name} is another`),
];

/** Of every weight that the server accepted: only the plan's, in its order, never sooner, and none was taken back. */
export function weightFaults(all: readonly Happened[]): readonly string[] {
  const happened = all.filter(({ plural }) => plural === 'virtualservices');
  const names = new Set(happened.map(({ object }) => object.metadata.name));
  return [...names].flatMap((name) => {
    const own = happened.filter(({ object }) => object.metadata.name === name);
    const seen = own.map(({ atMs, object }) => ({ atMs, ...weightsOf(object) }));
    const lowered = seen.filter(({ canary }, index) => canary < (seen[index - 1]?.canary ?? 0));
    return [
      ...routeFaults(own, steps),
      ...lowered.map(({ canary }) => `lowered to ${canary} %`),
      ...shortBakes(seen),
    ].map((fault) => `${name}: ${fault}`);
  });
}

/** What this process hears of may come late, and late together: a second is nobody's bake. */
const toleranceMs = 1_000;

function shortBakes(seen: readonly { readonly atMs: number; readonly canary: number }[]): readonly string[] {
  const firstAt = (percent: number): number | undefined => seen.find(({ canary }) => canary === percent)?.atMs;
  return steps.flatMap(({ weight, bakeSeconds }, index) => {
    const [from, to] = [firstAt(weight), firstAt(steps[index + 1]?.weight ?? Number.NaN)];
    if (from === undefined || to === undefined || to - from >= bakeSeconds * 1_000 - toleranceMs) return [];
    return [`baked ${Math.round((to - from) / 1_000)} of ${bakeSeconds} s at ${weight} %`];
  });
}

const goOnWithinMs = 600_000;
const nextStep = `2/${steps.length}`;

/** Resolves when every release has taken its next step. */
export const goOn = ({ api }: Ground, fleet: Fleet): Promise<unknown> =>
  eventually(
    async () => {
      const { items } = await api.list<Release>(releasesPath(fleet));
      return items.every(({ status }) => /baking/.test(status?.phase ?? '') && status?.step === nextStep);
    },
    { withinMs: goOnWithinMs, everyMs: 2_000 },
  ).catch((cause: unknown) => {
    throw new Error(`not all releases went on: ${String(cause)}\n${fleet.controllers.output().slice(-4_000)}`, {
      cause,
    });
  });
