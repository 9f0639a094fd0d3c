/** A policy that a new controller takes over with a spec that fits no more. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { AlertBook } from '../../../src/checks/alert-book.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { ok } from '../../../src/lib/result.ts';
import { Deliveries } from '../../../src/release/deliveries.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { broadcast } from '../../../src/wiring/broadcast.ts';
import { type ClusterScene, policiesFolder } from '../../../src/wiring/cluster/cluster-scene.ts';
import type { ClusterService } from '../../../src/wiring/cluster/cluster-service.ts';
import { MassChange } from '../../../src/wiring/cluster/mass-change.ts';
import { PolicyKeeper } from '../../../src/wiring/cluster/policy-keeper.ts';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
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
const deleted = { ...held, deletionTimestamp: '2026-01-05T12:00:00Z' };

const rowsOf = (objects: KubeObjects, at: string): readonly StoredObject[] => {
  if (at === folder) return [objects.at(path)];
  return at === folders('shop').deployments ? [objects.at(deployment)] : [];
};

function sceneOf(objects: KubeObjects): ClusterScene {
  const store = must(openMemoryStore());
  const { log } = logLines();
  const scene = {
    ...{ log, store, clock: systemClock, compression: 1, namespace: 'shop', shared: new Map() },
    ...{ alerts: new AlertBook(), deliveries: new Deliveries(), massChange: new MassChange() },
    settings,
    client: objects.server.client(),
    routes: objects.server.client(),
    view: { list: (at: string) => ok(rowsOf(objects, at)), learn: () => undefined, onChange: () => () => undefined },
    metrics: createMetrics({ version: '1.2.3', releases: async () => ok([]) }),
    events: broadcast(() => undefined),
    trail: { keeper: { policyTaken: () => undefined, rulesRead: () => undefined } },
    gone: new AbortController().signal,
  };
  return scene as unknown as ClusterScene;
}

/** Looked after until its status says something. */
async function taken(metadata: object, spec: object) {
  const objects = await startKubeObjects();
  objects.put(path, { metadata, spec });
  const container = { name: 'app', image: 'app:1' };
  objects.put(deployment, { metadata: {}, spec: { replicas: 2, template: { spec: { containers: [container] } } } });
  const ending = new AbortController();
  const opened: ClusterService[] = [];
  const events = { opened: (service: ClusterService) => void opened.push(service), recall: async () => ok(undefined) };
  const run = new PolicyKeeper(sceneOf(objects), 'app', events).run(ending.signal);
  onTestFinished(async () => {
    ending.abort();
    await run;
  });
  const status = await eventually(
    () => (objects.at(path)['status'] as { readonly message: string } | undefined) ?? null,
  );
  return { objects, opened, status };
}

describe('a policy whose spec a new controller does not understand', () => {
  it('is not let go when it is deleted: users are on pods that go with it', async () => {
    const { objects, opened, status } = await taken(deleted, { ...aClusterSpec, rules: { inline: 'none' } });
    expect([opened, objects.at(path).metadata['finalizers']]).toEqual([[], held.finalizers]);
    expect(status).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Stalled', status: 'True', reason: 'SpecInvalid' }),
      ]),
      message: expect.stringContaining("what it delivers can't be given back, and runs on"),
    });
  });
});

describe('a policy that is delivered and says mode observe', () => {
  it('has its releases looked after, and begins none', async () => {
    const { objects, opened, status } = await taken(held, { ...aClusterSpec, mode: 'observe' });
    expect(opened).toMatchObject([{ kind: 'delivers', policy: { name: 'app' } }]);
    expect(status).toMatchObject({ message: expect.stringContaining('write enforce or advise') });
    expect(await opened[0]?.unsettled?.('v1')).toMatchObject({ reason: 'TakenOver', retryable: false });
    expect(objects.accepted.filter((each) => !each.includes(path))).toEqual([]);
  });
});
