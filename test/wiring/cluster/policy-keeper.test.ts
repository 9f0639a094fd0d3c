/** A policy that a new controller takes over with a spec that fits no more. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { AlertBook } from '../../../src/checks/alert-book.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { failed, ok } from '../../../src/lib/result.ts';
import { nothingNew } from '../../../src/reconcile/look.ts';
import { reconcile } from '../../../src/reconcile/reconcile.ts';
import { startSession } from '../../../src/reconcile/session.ts';
import { command } from '../../../src/release/command.ts';
import { Deliveries } from '../../../src/release/deliveries.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import type { Release } from '../../../src/release/release.ts';
import type { Store } from '../../../src/release/store.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { broadcast } from '../../../src/wiring/broadcast.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import type { ClusterService } from '../../../src/wiring/cluster/cluster-service.ts';
import { MassChange } from '../../../src/wiring/cluster/mass-change.ts';
import { policiesFolder } from '../../../src/wiring/cluster/policies-folder.ts';
import { PolicyKeeper } from '../../../src/wiring/cluster/policy-keeper.ts';
import { Starter } from '../../../src/wiring/starter.ts';
import { folders, label } from '../../../src/workload/kubernetes/labels.ts';
import { aCause, aPolicy, inPhase, phases, startMs } from '../../support/a-release.ts';
import { aClusterSpec } from '../../support/cluster-policy.ts';
import { eventually } from '../../support/eventually.ts';
import { type KubeObjects, type StoredObject, startKubeObjects } from '../../support/kube-objects.ts';
import { logLines } from '../../support/log-lines.ts';
import { must } from '../../support/proxy.ts';

const folder = policiesFolder('shop');
const path = `${folder}/app`;
const deployment = `${folders('shop').deployments}/app`;
const settings = {
  sources: { main: { prometheus: { url: 'http://127.0.0.1:9' } } },
  notify: { team: { webhook: { url: 'http://127.0.0.1:9' } } },
};

const held = { finalizers: ['sluice.dev/give-back'], generation: 2 };
const broken = { ...aClusterSpec, rules: { inline: 'none' } };
const deleted = { ...held, deletionTimestamp: '2026-01-05T12:00:00Z' };

const rowsOf = (objects: KubeObjects, at: string): readonly StoredObject[] => {
  if (at === folder) return [objects.at(path)];
  if (at === folders('shop').deployments) return [objects.at(deployment), ...stable.deployments];
  if (at === folders('shop').pods) return stable.pods;
  return at === folders('shop').services ? stable.services : [];
};

const v1 = { [label.policy]: 'app', [label.revision]: 'v1' };
const notListed = { reason: 'Unreachable', message: 'the path was not listed yet', retryable: true };

const named = (name: string, more: object) =>
  ({ metadata: { name, uid: name, resourceVersion: '1', labels: v1 }, ...more }) as StoredObject;

/** What serves users. */
const stable = {
  deployments: [named('app-v1', { spec: { replicas: 1 } })],
  pods: [named('app-v1-a', { status: { podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] } })],
  services: [named('app-stable', { spec: { selector: v1 } })],
};

function sceneOf(objects: KubeObjects, store: Store, late: string): ClusterScene {
  const unlisted = new Set([late]);
  const list = (at: string) => (unlisted.delete(at) ? failed(notListed) : ok(rowsOf(objects, at)));
  const { log } = logLines();
  const scene = {
    ...{ log, store, clock: systemClock, compression: 1, namespace: 'shop', shared: new Map() },
    ...{ alerts: new AlertBook(), deliveries: new Deliveries(), massChange: new MassChange() },
    settings,
    client: objects.server.client(),
    routes: objects.server.client(),
    view: { list, learn: () => undefined, onChange: () => () => undefined },
    metrics: createMetrics({ version: '1.2.3', releases: async () => ok([]) }),
    events: broadcast(() => undefined),
    starter: new Starter({ store, clock: systemClock, compression: 1, begun: () => {}, changed: () => {} }),
    keep: () => undefined,
    nudge: () => undefined,
    trail: { keeper: { policyTaken: () => undefined, rulesRead: () => undefined } },
    gone: new AbortController().signal,
  };
  return scene as unknown as ClusterScene;
}

interface Given {
  readonly metadata: object;
  readonly spec: object;
  /** What the controller before left. */
  readonly store?: Store;
  /** What else is there. */
  readonly others?: Readonly<Record<string, object>>;
  /** Path that is listed only when it is asked for again. */
  readonly late?: string;
}

const messageOf = (objects: KubeObjects): string =>
  (objects.at(path)['status'] as { readonly message: string }).message;

/** Looked after until its status says something. */
async function taken({ metadata, spec, store = must(openMemoryStore()), others = {}, late = '' }: Given) {
  const objects = await startKubeObjects();
  for (const [at, object] of Object.entries(others)) objects.put(at, object);
  objects.put(path, { metadata, spec });
  const container = { name: 'app', image: 'app:1' };
  objects.put(deployment, { metadata: {}, spec: { replicas: 2, template: { spec: { containers: [container] } } } });
  const ending = new AbortController();
  const opened: ClusterService[] = [];
  const events = {
    opened: (service: ClusterService) => void opened.push(service),
    closed: () => void opened.splice(0),
    recall: async () => ok(undefined),
  };
  const keeper = new PolicyKeeper(sceneOf(objects, store, late), 'app', events);
  const run = keeper.run(ending.signal);
  onTestFinished(async () => {
    ending.abort();
    await run;
  });
  const status = await eventually(
    () => (objects.at(path)['status'] as { readonly message: string } | undefined) ?? null,
  );
  return { keeper, objects, opened, status };
}

describe('a policy whose spec a new controller does not understand', () => {
  it('is not let go when it is deleted: users are on pods that go with it', async () => {
    const { objects, opened, status } = await taken({ metadata: deleted, spec: broken });
    expect([opened, objects.at(path).metadata['finalizers']]).toEqual([[], held.finalizers]);
    expect(status).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Stalled', status: 'True', reason: 'SpecInvalid' }),
      ]),
      message: expect.stringContaining("what it delivers can't be given back, and runs on"),
    });
  });
});

describe('a release whose policy a new controller does not understand', () => {
  const spec = { kind: 'pods', template: {}, config: [], replicas: 2 } as const;
  const left = async (release: Release): Promise<Store> => {
    const store = must(openMemoryStore());
    must(await store.savePolicy(aPolicy({ revisions: { v1: spec, v2: spec } })));
    must(await store.save(release, []));
    return store;
  };

  it('is taken back when that is to be: its weight goes to 0, and nothing else is begun', async () => {
    const abort = { kind: 'abort', revision: 'v2', who: 'ada', reason: 'enough', atMs: startMs } as const;
    const store = await left(must(command(inPhase(phases.shifting), abort)).release);
    const { keeper, objects, opened, status } = await taken({ metadata: held, spec: broken, store });
    expect(status).toMatchObject({
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'Stalled', reason: 'SpecInvalid' })]),
      message: expect.stringContaining('release app-1 is taken back, and nothing else is done'),
    });
    expect([keeper.obstacle, opened]).toMatchObject([null, [{ kind: 'delivers', policy: { name: 'app' } }]]);
    const slice = { metadata: { labels: { 'kubernetes.io/service-name': 'app-stable' } } };
    objects.put(`${folders('shop').slices}/app-stable-1`, { ...slice, endpoints: [{ conditions: { ready: true } }] });
    const route = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/app';
    const leg = (name: string, weight: number) => ({ destination: { host: `app-${name}` }, weight });
    const http = [{ name: 'primary', route: [leg('stable', 50), leg('canary', 50)] }];
    objects.put(route, { metadata: { annotations: {} }, spec: { http } });
    const ports = opened[0]?.ports;
    if (ports === undefined) throw new Error('nothing serves it');
    const session = startSession({ id: 'app-1', policy: 'app' });
    for (let pass = 0; pass < 3; pass += 1) await reconcile(session, nothingNew, ports);
    expect(objects.at(route)['spec']).toEqual({
      http: [{ name: 'primary', route: [leg('stable', 100), leg('canary', 0)] }],
    });
  });

  const latched = { ...inPhase(phases.shifting), latch: aCause };

  it('is said to wait for a word where it may: it goes back by a rule', async () => {
    const { status } = await taken({ metadata: held, spec: broken, store: await left(latched) });
    expect(status.message).toContain('release app-1 goes back, or waits for the word that it needs, and nothing else');
  });

  it('is served by all that its policy says when only a list is late', async () => {
    const store = await left(latched);
    const late = folders('shop').deployments;
    const { objects, opened, status } = await taken({ metadata: held, spec: aClusterSpec, store, late });
    expect(status.message).toBe('the path was not listed yet');
    await eventually(() => opened.length === 1);
    await eventually(() => messageOf(objects) !== status.message);
    expect([opened.length, messageOf(objects)]).toEqual([1, expect.not.stringContaining('is taken on when')]);
  });

  it('leaves nothing behind that would take orders when it has ended', async () => {
    const abort = { kind: 'abort', revision: 'v2', who: 'ada', reason: 'enough', atMs: startMs } as const;
    const store = await left(must(command(inPhase(phases.shifting), abort)).release);
    const { opened } = await taken({ metadata: held, spec: broken, store });
    expect(opened).toHaveLength(1);
    const release = must(await store.release('app-1'));
    must(await store.save({ ...inPhase(phases.rolledBack), version: release?.version ?? 0 }, []));
    await eventually(() => opened.length === 0);
  });

  it('is not looked after else, and that is said', async () => {
    const store = await left(inPhase(phases.shifting));
    const { keeper, opened, status } = await taken({ metadata: held, spec: broken, store });
    expect([keeper.obstacle, opened]).toEqual([null, []]);
    expect(status.message).toContain('release app-1 is under way and not looked after until that is put right');
  });

  it('cannot be taken back where nobody can tell how its traffic is split', async () => {
    const store = await left(inPhase(phases.shifting));
    const spec = { ...aClusterSpec, traffic: { istio: {} } };
    const { keeper } = await taken({ metadata: held, spec, store });
    expect(keeper.obstacle).toMatchObject({ reason: 'SpecInvalid', message: expect.stringContaining('spec.traffic') });
  });
});

it('a policy that is deleted takes its releases with it, and no others, before it is let go', async () => {
  const folder = '/apis/sluice.dev/v1alpha1/namespaces/shop/releases';
  const release = (policy: string) => ({ metadata: {}, spec: { policy, revision: 'v1' } });
  const others = { [`${folder}/app-1`]: release('app'), [`${folder}/other-1`]: release('other') };
  const { objects } = await taken({ metadata: deleted, spec: aClusterSpec, others });
  expect(objects.accepted.slice(0, 2)).toEqual([`DELETE ${folder}/app-1`, `PATCH ${path}`]);
  expect(objects.at(path).metadata['finalizers']).toEqual([]);
  expect(objects.at(`${folder}/other-1`)).toMatchObject({ spec: { policy: 'other' } });
});

describe('a policy that is delivered and says mode observe', () => {
  it('has its releases looked after, and begins none', async () => {
    const { objects, opened, status } = await taken({ metadata: held, spec: { ...aClusterSpec, mode: 'observe' } });
    expect(opened).toMatchObject([{ kind: 'delivers', policy: { name: 'app' } }]);
    expect(status).toMatchObject({ message: expect.stringContaining('write enforce or advise') });
    expect(await opened[0]?.unsettled?.('v1')).toMatchObject({ reason: 'TakenOver', retryable: false });
    expect(objects.accepted.filter((each) => !each.includes(path))).toEqual([]);
  });
});
