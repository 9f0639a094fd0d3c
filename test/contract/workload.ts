/** What every workload must do, whatever runs the instances: the in-memory one and each real one pass this suite. */
import { describe, expect, test } from 'vitest';
import type { Backends } from '../../src/workload/backends.ts';
import type { RevisionSpec } from '../../src/workload/revision-spec.ts';
import type { Instance, RevisionState, Workload } from '../../src/workload/workload.ts';
import { eventually } from '../support/eventually.ts';

export interface WorkloadHarness {
  readonly workload: Workload;
  /** The data plane that the workload points, empty at first. */
  readonly backends: Backends;
  /** What a revision of this name is made of. */
  spec(revision: string): RevisionSpec;
  /** Lets all instances of the revision become ready. */
  makeReady(revision: string): Promise<void>;
  kill(revision: string, instance: Instance): Promise<void>;
  hang(revision: string, instance: Instance): Promise<void>;
  /** Who starts an instance again that died; default: the workload, which counts it. */
  readonly restarts?: 'workload' | 'others';
  /** Who names the instances, picks the one that goes, and takes endpoints away from a backend; default: the workload. */
  readonly keeper?: 'workload' | 'cluster';
  /** Asks for a revision that can't run. */
  ensureHopeless(revision: string): Promise<void>;
}

const epoch = 3;

/** `start` makes a fresh workload over an empty data plane, and sees to its end. */
export function workloadContract(name: string, start: () => Promise<WorkloadHarness>): void {
  describe(`${name}: workload contract`, () => {
    test('runs as many instances as were asked for, and says so again when asked again', async () => {
      const { workload, spec, makeReady, keeper } = await start();
      const seen: (readonly string[])[] = [];
      for (let time = 0; time < 2; time++) {
        expect(await workload.ensure('v1', spec('v1'), 2)).toEqual({ ok: true, value: undefined });
        await makeReady('v1');
        const { wanted, failure, instances } = await stateOf(workload, 'v1');
        expect({ wanted, failure }).toEqual({ wanted: 2, failure: null });
        expect(instances.map(({ state, restarts }) => ({ state, restarts }))).toEqual([
          { state: 'ready', restarts: 0 },
          { state: 'ready', restarts: 0 },
        ]);
        seen.push(instances.map(({ id }) => id));
      }
      expect(seen[1]).toEqual(seen[0]);
      expect(new Set(seen[0]).size).toBe(2);
      if (keeper !== 'cluster') expect(seen[0]).toEqual(['v1-1', 'v1-2']);
    });

    test('scales up with new instances, and down by the newest', async () => {
      const { workload, spec, makeReady, keeper } = await start();
      await workload.ensure('v1', spec('v1'), 1);
      await makeReady('v1');
      const [first] = (await stateOf(workload, 'v1')).instances;
      await workload.ensure('v1', spec('v1'), 3);
      await makeReady('v1');
      await workload.ensure('v1', spec('v1'), 1);
      await eventually(async () => (await stateOf(workload, 'v1')).instances.length === 1);
      const left = (await stateOf(workload, 'v1')).instances;
      if (keeper === 'cluster') expect(left.map(({ state }) => state)).toEqual(['ready']);
      else expect(left).toEqual([first]);
    });

    test('forgets a revision that was scaled to nothing; asking for nothing of an unknown one is fine', async () => {
      const { workload, spec, makeReady } = await start();
      expect((await workload.ensure('v1', spec('v1'), 0)).ok).toBe(true);
      await workload.ensure('v1', spec('v1'), 1);
      await makeReady('v1');
      expect((await workload.ensure('v1', spec('v1'), 0)).ok).toBe(true);
      await eventually(async () => (await revisionsOf(workload)).length === 0);
    });

    test('stable serves ready instances only, and is refused what has none', async () => {
      const { workload, backends, spec, makeReady } = await start();
      expect(await reasonOf(workload.serve('stable', 'v1', epoch))).toBe('UnknownRevision');
      expect(await reasonOf(workload.serve('stable', null, epoch))).toBe('NoReadyInstance');
      await workload.ensure('v1', spec('v1'), 2);
      await makeReady('v1');
      expect((await workload.serve('stable', 'v1', epoch)).ok).toBe(true);
      const urls = (await stateOf(workload, 'v1')).instances.map(({ url }) => url);
      expect(await target(backends, 'stable')).toEqual({ revision: 'v1', endpoints: urls });
      expect((await observed(workload)).serving).toEqual({ stable: 'v1', canary: null });
      expect(await reasonOf(workload.serve('stable', null, epoch))).toBe('NoReadyInstance');
      expect(await target(backends, 'stable')).toEqual({ revision: 'v1', endpoints: urls });
    });

    test('a canary may be named before it is ready, and gets its instances as they become so', async () => {
      const { workload, backends, spec, makeReady } = await start();
      await workload.ensure('v2', spec('v2'), 2);
      expect((await workload.serve('canary', 'v2', epoch)).ok).toBe(true);
      await makeReady('v2');
      const urls = (await stateOf(workload, 'v2')).instances.map(({ url }) => url);
      await eventually(async () => (await target(backends, 'canary')).endpoints.length === 2);
      expect(await target(backends, 'canary')).toEqual({ revision: 'v2', endpoints: urls });
      expect((await workload.serve('canary', null, epoch)).ok).toBe(true);
      expect(await target(backends, 'canary')).toEqual({ revision: null, endpoints: [] });
    });

    test('promotion moves stable and stops nothing; the old revision stops when it is told to', async () => {
      const { workload, backends, spec, makeReady } = await start();
      for (const revision of ['v1', 'v2']) await workload.ensure(revision, spec(revision), 1);
      for (const revision of ['v1', 'v2']) await makeReady(revision);
      await workload.serve('stable', 'v1', epoch);
      const before = await stateOf(workload, 'v1');
      await workload.serve('stable', 'v2', epoch);
      expect(await stateOf(workload, 'v1')).toEqual(before);
      expect(await reasonOf(workload.ensure('v2', spec('v2'), 0))).toBe('StillServed');
      expect((await workload.ensure('v1', spec('v1'), 0)).ok).toBe(true);
      await eventually(async () => (await revisionsOf(workload)).length === 1);
      expect((await target(backends, 'stable')).revision).toBe('v2');
    });

    test('a canary that is stopped leaves the data plane first', async () => {
      const { workload, backends, spec, makeReady } = await start();
      await workload.ensure('v2', spec('v2'), 1);
      await makeReady('v2');
      await workload.serve('canary', 'v2', epoch);
      expect((await workload.ensure('v2', spec('v2'), 0)).ok).toBe(true);
      expect(await target(backends, 'canary')).toEqual({ revision: null, endpoints: [] });
    });

    for (const accident of ['kill', 'hang'] as const) {
      test(`an instance that is lost (${accident}) gets no requests, and its loss is told`, async () => {
        const harness = await start();
        const { workload, backends, spec, makeReady } = harness;
        await workload.ensure('v1', spec('v1'), 2);
        await makeReady('v1');
        await workload.serve('stable', 'v1', epoch);
        const [lost, other] = await twoOf(workload, 'v1');
        const states: string[] = [];
        const endListening = workload.onChange(() => {
          void stateOf(workload, 'v1').then(({ instances }) => states.push(instances[0]?.state ?? 'none'));
        });
        await harness[accident]('v1', lost);
        if (accident === 'kill' && harness.keeper === 'cluster') {
          await eventually(async () => (await twoOf(workload, 'v1')).some(({ restarts }) => restarts === 1));
          expect(states.length).toBeGreaterThan(0);
          return endListening();
        }
        const isOurs = accident === 'kill' && harness.restarts !== 'others';
        await eventually(() => states.includes(isOurs ? 'exited' : 'unready'), { everyMs: 2 });
        endListening();
        if (isOurs) {
          // Where it is started again at once, its loss is seen in the count only.
          expect((await twoOf(workload, 'v1'))[0].restarts).toBe(1);
          return;
        }
        await eventually(async () => (await target(backends, 'stable')).endpoints.length === 1);
        expect((await target(backends, 'stable')).endpoints).toEqual([other.url]);
      });
    }

    test('a backend that loses its last ready instance keeps its endpoints', async () => {
      const { workload, backends, spec, makeReady, hang, keeper } = await start();
      await workload.ensure('v1', spec('v1'), 1);
      await makeReady('v1');
      await workload.serve('stable', 'v1', epoch);
      const before = await target(backends, 'stable');
      const [only] = (await stateOf(workload, 'v1')).instances;
      if (only === undefined) throw new Error('no instance');
      await hang('v1', only);
      await eventually(async () => (await stateOf(workload, 'v1')).instances[0]?.state === 'unready');
      const after = await target(backends, 'stable');
      expect(keeper === 'cluster' ? after.revision : after).toEqual(keeper === 'cluster' ? 'v1' : before);
      expect((await stateOf(workload, 'v1')).instances[0]?.message).not.toBe('');
      expect(before.endpoints).toHaveLength(1);
    });

    test('a revision that cannot run fails with a reason and a sentence', async () => {
      const { workload, ensureHopeless } = await start();
      await ensureHopeless('v9');
      const failure = await eventually(async () => (await stateOf(workload, 'v9')).failure);
      expect(failure.reason).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(failure.message).not.toBe('');
      expect((await stateOf(workload, 'v9')).instances.map(({ state }) => state)).not.toContain('ready');
    });
  });
}

async function observed(workload: Workload) {
  const answer = await workload.observe();
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

async function revisionsOf(workload: Workload): Promise<readonly RevisionState[]> {
  return (await observed(workload)).revisions;
}

async function stateOf(workload: Workload, revision: string): Promise<RevisionState> {
  const state = (await revisionsOf(workload)).find((candidate) => candidate.revision === revision);
  if (state === undefined) throw new Error(`${revision} is not observed`);
  return state;
}

async function twoOf(workload: Workload, revision: string): Promise<readonly [Instance, Instance]> {
  const [one, two] = (await stateOf(workload, revision)).instances;
  if (one === undefined || two === undefined) throw new Error(`${revision} has fewer than two instances`);
  return [one, two];
}

async function target(backends: Backends, backend: 'stable' | 'canary') {
  const current = await backends.current();
  if (!current.ok) throw new Error(current.error.message);
  return current.value[backend];
}

async function reasonOf(call: ReturnType<Workload['ensure']>): Promise<string> {
  const answer = await call;
  return answer.ok ? 'accepted' : answer.error.reason;
}
