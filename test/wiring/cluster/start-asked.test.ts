import { beforeEach, describe, expect, it } from 'vitest';
import { failed, ok } from '../../../src/lib/result.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import type { Release } from '../../../src/release/release.ts';
import type { PolicyState, Store } from '../../../src/release/store.ts';
import type { StartRequest } from '../../../src/server/controls.ts';
import { AnsweredWish } from '../../../src/wiring/cluster/answered-wish.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import type { ClusterService } from '../../../src/wiring/cluster/cluster-service.ts';
import { MassChange } from '../../../src/wiring/cluster/mass-change.ts';
import { SameRevision } from '../../../src/wiring/cluster/same-revision.ts';
import { startAsked } from '../../../src/wiring/cluster/start-asked.ts';
import type { Asked } from '../../../src/wiring/starter.ts';
import type { PodsSpec } from '../../../src/workload/revision-spec.ts';
import { aPolicy, aRelease } from '../../support/a-release.ts';
import { must } from '../../support/proxy.ts';

const spec: PodsSpec = { kind: 'pods', template: {}, config: [], replicas: 2 };

let store: Store;
let begun: Asked[];
let massChange: MassChange;
let running: Release | null;
let makesWay: boolean;
/** Revision that the server makes the same of as of what is asked for. */
let same: string;

beforeEach(() => {
  store = must(openMemoryStore());
  begun = [];
  running = null;
  makesWay = false;
  same = '';
});

/** The Deployment asks for v2. */
function start(request: Partial<StartRequest> = {}) {
  massChange = new MassChange();
  for (let other = 0; other < 5; other++) {
    massChange.seen(`other-${other}`, 'v2');
    massChange.begun(`other-${other}`, 'v2');
  }
  massChange.seen('app', 'v2');
  const starter = {
    running: async () => ok(running),
    start: async (_service: object, asked: Asked) => {
      begun.push(asked);
      return makesWay ? failed({ reason: 'MakingWay', message: 'v1.5 makes way', retryable: true }) : ok(aRelease());
    },
  };
  const scene = { store, starter, massChange, rights: { objection: async () => null } };
  const service = {
    policy: { name: 'app' },
    cluster: { deployment: 'app' },
    answered: new AnsweredWish(),
    same: new SameRevision(),
    target: {
      wish: () => ok({ revision: 'v2', spec }),
      prepare: async () => ok(undefined),
      isSame: async (_wish: object, name: string) => ok(name === same),
    },
  };
  const asked: StartRequest = {
    ...{ policy: 'app', revision: 'v2', who: 'ada', reason: '' },
    spec: { kind: 'asPolicy', artefact: null, env: {} },
    ...request,
  };
  return startAsked(scene as unknown as ClusterScene, service as unknown as ClusterService, asked);
}

const stored = (state: Partial<PolicyState> = {}) => store.savePolicy(aPolicy({ revisions: { v1: spec }, ...state }));

describe('a start in a cluster', () => {
  it('begins what the Deployment asks for, also where it waited for somebody to confirm it', async () => {
    await stored();
    expect(await start()).toMatchObject({ ok: true });
    expect(begun).toEqual([{ revision: 'v2', spec, who: 'ada', rollback: null }]);
  });

  it.each([
    ['something else is asked for', {}, { revision: 'v3' }, 'NotAskedFor', 'asks for v2, not for v3'],
    ['it is stable', { stable: 'v2' }, {}, 'AlreadyStable', 'asks for nothing else'],
    ['it was taken back', { frozen: ['v2'] }, {}, 'RevisionFrozen', 'sluice retry app'],
    ['more is said', {}, { spec: { kind: 'asPolicy', artefact: 'a', env: {} } }, 'Invalid', 'leave command'],
  ] as const)('is refused where %s', async (_why, state, request, reason, words) => {
    await stored(state);
    const refused = await start(request);
    expect(refused).toMatchObject({ ok: false, error: { reason, retryable: false } });
    expect(!refused.ok && refused.error.message).toContain(words);
    expect(begun).toEqual([]);
  });

  it.each([
    ['it is stable', { revisions: { v1: spec } }, 'v1', 'AlreadyStable'],
    ['it was taken back', { frozen: ['v0'], revisions: { v0: spec, v1: spec } }, 'v0', 'RevisionFrozen'],
  ] as const)('is refused where %s under another name', async (_why, state, name, reason) => {
    await stored(state);
    same = name;
    expect(await start()).toMatchObject({ ok: false, error: { reason, retryable: false } });
    expect(begun).toEqual([]);
  });

  it('is answered by the release that runs under another name, unless that makes way', async () => {
    running = aRelease({ revision: 'v2-before' });
    same = 'v2-before';
    await stored({ revisions: { v1: spec, 'v2-before': spec } });
    expect(await start()).toEqual({ ok: true, value: running });
    expect(begun).toEqual([]);
    running = { ...running, supersededBy: 'v1' };
    expect(await start()).toMatchObject({ ok: true });
    expect(begun).toHaveLength(1);
  });

  it('confirms what is meant, also where something has to make way first', async () => {
    await stored();
    makesWay = true;
    expect(await start()).toMatchObject({ ok: false, error: { reason: 'MakingWay' } });
    expect(massChange.objection('app', 'v2', null)).toBeNull();
  });

  it('is to be tried again while nothing serves yet', async () => {
    expect(await start()).toMatchObject({ ok: false, error: { reason: 'Unavailable', retryable: true } });
  });
});
