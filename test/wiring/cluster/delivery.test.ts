import { expect, it } from 'vitest';
import { failed, ok } from '../../../src/lib/result.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import type { ClusterService } from '../../../src/wiring/cluster/cluster-service.ts';
import { Delivery } from '../../../src/wiring/cluster/delivery.ts';
import { MassChange } from '../../../src/wiring/cluster/mass-change.ts';
import type { PodsSpec } from '../../../src/workload/revision-spec.ts';
import { aPolicy, inPhase, phases, startMs } from '../../support/a-release.ts';
import { must } from '../../support/proxy.ts';

const spec: PodsSpec = { kind: 'pods', template: {}, config: [], replicas: 2 };
const problem = { reason: 'ForeignAutoscaler', message: 'app-v1 is there already', retryable: false };

it('a release is withdrawn though an autoscaler can not be copied, and that is told', async () => {
  const store = must(openMemoryStore());
  const release = must(await store.save(inPhase(phases.shifting), []));
  must(await store.savePolicy(aPolicy({ revisions: { v1: spec } })));
  const nudged: string[] = [];
  const clock = { wallMs: () => startMs, monotonicMs: () => 0 };
  const starter = { running: async () => store.release(release.id) };
  const scene = { store, clock, starter, massChange: new MassChange(), nudge: (id: string) => nudged.push(id) };
  const service = {
    policy: { name: 'app' },
    cluster: { deployment: 'app' },
    ports: { tell: () => {} },
    target: { wish: () => ok({ revision: 'v1', spec, rollback: null }), follow: async () => ok(undefined) },
    workload: { keepSizes: async () => failed(problem) },
  };
  // No more of them is asked for on this way.
  const delivery = new Delivery(scene as unknown as ClusterScene, service as unknown as ClusterService);
  expect(await delivery.round(null)).toEqual({ missing: problem, pending: null, releasing: release.id });
  expect(delivery.isWaiting).toBe(true);
  expect(must(await store.release(release.id))).toMatchObject({ supersededBy: 'v1' });
  expect(nudged).toEqual([release.id]);
});

it('a release goes on though its template has another name since an upgrade of the server, or of Sluice', async () => {
  const store = must(openMemoryStore());
  const release = must(await store.save(inPhase(phases.shifting), []));
  must(await store.savePolicy(aPolicy({ stable: 'v1', revisions: { v1: spec, [release.revision]: spec } })));
  const answered: string[] = [];
  let nowMs = 0;
  const clock = { wallMs: () => startMs, monotonicMs: () => nowMs };
  const starter = { running: async () => store.release(release.id) };
  const scene = { store, clock, starter, massChange: new MassChange(), compression: 1 };
  const service = {
    policy: { name: 'app' },
    answered: { answer: (revision: string) => answered.push(revision) },
    target: {
      wish: () => ok({ revision: 'defaulted', spec, rollback: null }),
      follow: async () => ok(undefined),
      isSame: async (_wish: unknown, name: string) => ok(name === release.revision),
    },
    workload: { keepSizes: async () => ok(undefined) },
  };
  const delivery = new Delivery(scene as unknown as ClusterScene, service as unknown as ClusterService);
  await delivery.round(null);
  nowMs = 60_000;
  await delivery.round(null);
  expect(await delivery.round(null)).toEqual({ missing: null, pending: null, releasing: release.id });
  // What is answered is what people can read in the Deployment.
  expect(answered).toEqual(['defaulted']);
  expect(must(await store.release(release.id))).toMatchObject({ supersededBy: null });
});
