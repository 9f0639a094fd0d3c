import { beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../../src/lib/result.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import type { PolicyState, Store } from '../../../src/release/store.ts';
import type { StartRequest } from '../../../src/server/controls.ts';
import { AnsweredWish } from '../../../src/wiring/cluster/answered-wish.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import type { ClusterService } from '../../../src/wiring/cluster/cluster-service.ts';
import { MassChange } from '../../../src/wiring/cluster/mass-change.ts';
import { startAsked } from '../../../src/wiring/cluster/start-asked.ts';
import type { Asked } from '../../../src/wiring/starter.ts';
import type { PodsSpec } from '../../../src/workload/revision-spec.ts';
import { aPolicy, aRelease } from '../../support/a-release.ts';
import { must } from '../../support/proxy.ts';

const spec: PodsSpec = { kind: 'pods', template: {}, config: [], replicas: 2 };

let store: Store;
let begun: Asked[];

beforeEach(() => {
  store = must(openMemoryStore());
  begun = [];
});

/** The Deployment asks for v2. */
function start(request: Partial<StartRequest> = {}) {
  const massChange = new MassChange();
  for (let other = 0; other < 5; other++) {
    massChange.seen(`other-${other}`, 'v2');
    massChange.begun(`other-${other}`, 'v2');
  }
  massChange.seen('app', 'v2');
  const starter = {
    start: async (_service: object, asked: Asked) => {
      begun.push(asked);
      return ok(aRelease());
    },
  };
  const scene = { store, starter, massChange, rights: { objection: async () => null } };
  const service = {
    policy: { name: 'app' },
    cluster: { deployment: 'app' },
    answered: new AnsweredWish(),
    target: { wish: () => ok({ revision: 'v2', spec }), prepare: async () => ok(undefined) },
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

  it('is to be tried again while nothing serves yet', async () => {
    expect(await start()).toMatchObject({ ok: false, error: { reason: 'Unavailable', retryable: true } });
  });
});
