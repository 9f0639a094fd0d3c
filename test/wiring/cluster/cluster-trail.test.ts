import { expect, it } from 'vitest';
import { failed, ok, type Result } from '../../../src/lib/result.ts';
import { readSegments } from '../../../src/release/kubernetes-trail.ts';
import type { LogEntry } from '../../../src/release/log.ts';
import { openMemoryStore } from '../../../src/release/memory.ts';
import { clusterTrail } from '../../../src/wiring/cluster/cluster-trail.ts';
import { policiesFolder } from '../../../src/wiring/cluster/policies-folder.ts';
import { aPolicy, inPhase, phases, startMs } from '../../support/a-release.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';
import { logLines } from '../../support/log-lines.ts';
import { must } from '../../support/proxy.ts';

const paused: LogEntry = {
  atMs: startMs,
  kind: 'action',
  reason: 'Paused',
  message: 'ada: pause',
  data: { who: 'ada' },
};

const refused = { reason: 'ReleaseUnderWay', message: 'one runs', retryable: false };

/** A leader that took over from one that left this line in a log, and not in the trail. */
async function aLeader(log: () => Promise<Result<readonly LogEntry[]>>) {
  const store = must(openMemoryStore());
  must(await store.save(inPhase(phases.shifting), [paused]));
  store.log = log;
  const objects = await startKubeObjects();
  const place = { client: objects.server.client(), namespace: 'shop' };
  const trail = await clusterTrail({ ...place, store, log: logLines().log, againMs: 10 });
  atTestEnd(() => trail.close());
  return { trail, entries: async () => must(await readSegments(place, { limit: 10 })) };
}

it('what the leader before had not written is looked for until it could be read', async () => {
  let reads = 0;
  const away = failed({ reason: 'Unreachable', message: 'away', retryable: true });
  const { entries } = await aLeader(async () => (++reads < 3 ? away : ok([paused])));
  await eventually(async () => expect(await entries()).toMatchObject([{ what: 'Paused', who: 'ada' }]));
  expect(reads).toBe(3);
});

it('nobody waits at the end for a log that is being read', async () => {
  const { promise, resolve } = Promise.withResolvers<Result<readonly LogEntry[]>>();
  const { entries, trail } = await aLeader(() => promise);
  await trail.close();
  resolve(ok([paused]));
  await promise;
  expect(await entries()).toEqual([]);
});

it('what was ordered long after the end of the newest release is not left out', async () => {
  const old = { ...inPhase({ phase: 'succeeded', endedAtMs: startMs }), updatedAtMs: startMs - 86_400_000 };
  const store = must(openMemoryStore());
  must(await store.save(old, [paused]));
  const objects = await startKubeObjects();
  const scene = { client: objects.server.client(), namespace: 'shop', store, log: logLines().log, againMs: 10 };
  // Of the leader before.
  const other = { ...paused, policy: 'other', release: null, revision: null, who: 'bob', what: 'Attested', why: '' };
  const before = await clusterTrail({ ...scene, store: must(openMemoryStore()) });
  must(await before.trail.record({ ...other, atMs: startMs }));
  await before.close();
  const { close } = await clusterTrail(scene);
  atTestEnd(close);
  const whats = async () => must(await readSegments(scene, { limit: 10 })).map(({ what }) => what);
  await eventually(async () => expect(await whats()).toEqual(expect.arrayContaining(['Attested', 'Paused'])));
});

it('what was saved with a policy by a leader that ended before it told the trail is told by the next one, once', async () => {
  const objects = await startKubeObjects();
  objects.put(`${policiesFolder('shop')}/app`, { kind: 'ReleasePolicy' });
  const store = must(openMemoryStore());
  const adopted = { revision: 'r1', formers: ['r2'], who: 'ada', reason: 'r2 is slow', atMs: startMs };
  const tests = { name: 'tests', revision: 'r2', outcome: 'pass', values: {}, reason: '', atMs: startMs } as const;
  const attested = [{ ...tests, who: 'ci', caller: 'ci' }];
  must(await store.savePolicy(aPolicy({ adopted, attested })));
  const scene = { client: objects.server.client(), namespace: 'shop', store, log: logLines().log, againMs: 10 };
  const entries = async () =>
    must(await readSegments(scene, { limit: 10 })).map(({ what, who, revision }) => [what, who, revision]);
  const both = [
    ['Attested', 'ci', 'r2'],
    ['StableSet', 'ada', 'r1'],
  ];
  const first = await clusterTrail(scene);
  await eventually(async () => expect(await entries()).toEqual(both));
  await first.close();
  const second = await clusterTrail(scene);
  atTestEnd(second.close);
  second.keeper.refused({ action: 'start', policy: 'app', revision: null, who: 'eve', why: '', problem: refused });
  await eventually(async () => expect(await entries()).toHaveLength(3));
  expect((await entries()).slice(0, 2)).toEqual(both);
});
