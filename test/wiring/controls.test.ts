/** What people may ask of the controller, on a store in memory: starting, making way, ordering, retrying. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import type { Release } from '../../src/release/release.ts';
import type { Store } from '../../src/release/store.ts';
import type { ControlEvent } from '../../src/server/controls.ts';
import { broadcast } from '../../src/wiring/broadcast.ts';
import { ReleaseControls } from '../../src/wiring/controls.ts';
import { Pulse } from '../../src/wiring/pulse.ts';
import { type Served, Starter } from '../../src/wiring/starter.ts';
import { productionRules } from '../support/memory-world.ts';

const rules = await productionRules();
const file = join(import.meta.dirname, '../../policy.yaml');
const text = `
apiVersion: sluice.dev/v1alpha1
kind: ReleasePolicy
metadata: { name: app }
spec:
  target:  { command: [serve], revision: v1 }
  traffic: { proxy: { listen: 127.0.0.1:0 } }
  sources: { direct: { scrape: { path: /metrics, interval: 1s } } }
  metrics: { source: direct, preset: app }
  rules:   { file: rules/production.yaml }
`;
const parsed = await parsePolicy(text, file);
if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('; '));
const policy = parsed.value;

const command = (word: string) =>
  ({ kind: 'command', command: [word], env: {}, cwd: null, healthPath: null, replicas: 1 }) as const;

const ada = { who: 'ada', reason: 'because' };

let store: Store;
let starter: Starter;
let controls: ReleaseControls;
let begun: Release[];
let nudged: string[];
let problem: string | null;

let perSecond: number | null = null;

const served: Served = {
  policy,
  traffic: async () => (perSecond === null ? null : { perSecond, stableRatio: 0.0005 }),
  rules: {
    events$: { pipe: () => undefined } as never,
    current: () =>
      problem === null
        ? ok(rules)
        : { ok: false, error: { reason: 'RulesInvalid', message: problem, retryable: false } },
    problem: () => problem,
  },
};

beforeEach(async () => {
  const opened = openMemoryStore();
  if (!opened.ok) throw new Error(opened.error.message);
  store = opened.value;
  begun = [];
  nudged = [];
  problem = null;
  perSecond = null;
  const events = broadcast<ControlEvent>(() => {});
  const changed = ({ id }: Release): void => void nudged.push(id);
  starter = new Starter({
    store,
    clock: systemClock,
    compression: 1,
    changed,
    begun: (release) => {
      begun.push(release);
      events.tell({ kind: 'release', release });
    },
  });
  controls = new ReleaseControls({
    store,
    clock: systemClock,
    services: new Map([['app', served]]),
    starter,
    events,
    nudge: (id) => void nudged.push(id),
    pulse: new Pulse(systemClock, ['app']),
    instances: () => null,
  });
  const revisions = { v1: command('serve') };
  await store.savePolicy({ policy: 'app', stable: 'v1', previous: null, frozen: [], revisions, version: 0 });
});

const start = (revision: string, word = revision) =>
  controls.start({ policy: 'app', revision, spec: command(word), ...ada });

async function started(revision: string): Promise<Release> {
  const release = await start(revision);
  if (!release.ok) throw new Error(release.error.message);
  return release.value;
}

async function end(release: Release): Promise<void> {
  const cause = { reason: 'Superseded', message: '', rule: null, atMs: 0, data: {} };
  const stored = await store.release(release.id);
  if (!stored.ok || stored.value === null) throw new Error('gone');
  const saved = await store.save({ ...stored.value, phase: { phase: 'failed', cause, endedAtMs: 1 } }, []);
  if (!saved.ok) throw new Error(saved.error.message);
}

describe('start', () => {
  it('begins a release, and twice has the effect of once', async () => {
    const first = await started('v2');
    const second = await started('v2');
    expect(second.id).toBe(first.id);
    expect(begun.map(({ revision, stableRevision, startedBy }) => [revision, stableRevision, startedBy])).toEqual([
      ['v2', 'v1', 'ada'],
    ]);
  });

  it('keeps what a revision is made of, and refuses another meaning of its name', async () => {
    await started('v2');
    expect(await start('v2', 'other')).toMatchObject({ ok: false, error: { reason: 'RevisionTaken' } });
    const state = await store.policy('app');
    expect(state.ok && state.value?.revisions['v2']).toEqual(command('v2'));
  });

  it.each([
    [
      'an unknown policy',
      () => controls.start({ policy: 'shop', revision: 'v2', spec: command('x'), ...ada }),
      'NotFound',
    ],
    ['the stable revision', () => start('v1', 'serve'), 'AlreadyStable'],
    [
      'broken rules',
      () => {
        problem = 'rules.yaml:1:1 no';
        return start('v2');
      },
      'RulesInvalid',
    ],
  ])('refuses %s', async (_what, act, reason) => {
    expect(await act()).toMatchObject({ ok: false, error: { reason } });
    expect(begun).toEqual([]);
  });

  it('says which steps will have too little traffic to be judged', async () => {
    perSecond = 0.5;
    expect((await started('v2')).unjudgeable).toContainEqual({ rule: 'error_rate', step: 0 });
  });

  it('classes nothing as unjudgeable where the traffic suffices', async () => {
    perSecond = 1_000;
    expect((await started('v2')).unjudgeable).toEqual([]);
  });

  it('begins one release when two ask at once', async () => {
    const [a, b] = await Promise.all([start('v2'), start('v2')]);
    expect(begun).toHaveLength(1);
    expect(a.ok && b.ok && a.value.id === b.value.id).toBe(true);
  });

  it('lets the one that runs make way, then follows it', async () => {
    const first = await started('v2');
    const waiting = start('v3');
    await expect.poll(() => nudged).toContain(first.id);
    const making = await store.release(first.id);
    expect(making.ok && making.value?.supersededBy).toBe('v3');
    await end(first);
    const ended = await store.release(first.id);
    if (!ended.ok || ended.value === null) throw new Error('gone');
    const followed = await starter.follow(served, ended.value);
    expect(followed).toMatchObject({ ok: true, value: { revision: 'v3' } });
    expect(await waiting).toMatchObject({ ok: true, value: { revision: 'v3' } });
    expect(await starter.follow(served, ended.value)).toBeNull();
  });

  it('survives a race with the loop', async () => {
    const first = await started('v2');
    const save = store.save.bind(store);
    store.save = async (release, log) => {
      store.save = save;
      const stored = await store.release(first.id);
      if (stored.ok && stored.value !== null) await save(stored.value, []);
      return save(release, log);
    };
    const waiting = start('v3');
    await expect.poll(() => nudged).toContain(first.id);
    await end(first);
    const ended = await store.release(first.id);
    if (!ended.ok || ended.value === null) throw new Error('gone');
    await starter.follow(served, ended.value);
    expect(await waiting).toMatchObject({ ok: true, value: { revision: 'v3' } });
  });

  it('does not disturb what runs for a revision that it would refuse', async () => {
    const first = await started('v2');
    expect(await start('v1', 'serve')).toMatchObject({ ok: false, error: { reason: 'AlreadyStable' } });
    const running = await store.release(first.id);
    expect(running.ok && running.value?.supersededBy).toBeNull();
  });
});

describe('orders', () => {
  it('are stored, and the loop is told', async () => {
    const { id } = await started('v2');
    const paused = await controls.act(id, { kind: 'pause', ...ada });
    expect(paused).toMatchObject({ ok: true, value: { pauses: [{ by: 'person', who: 'ada', reason: 'because' }] } });
    expect(nudged).toEqual([id]);
    await controls.act(id, { kind: 'pause', ...ada });
    expect(nudged).toEqual([id]);
    const log = await controls.log(id);
    expect(log.ok && log.value.map(({ reason }) => reason)).toEqual(['ReleaseStarted', 'Paused']);
  });

  it('survive a race with the loop', async () => {
    const { id } = await started('v2');
    const [a, b] = await Promise.all([
      controls.act(id, { kind: 'pause', ...ada }),
      controls.act(id, { kind: 'abort', ...ada }),
    ]);
    expect([a.ok, b.ok]).toEqual([true, true]);
    const release = await controls.release(id);
    expect(release.ok && release.value).toMatchObject({
      pauses: [{ by: 'person' }],
      orders: { abort: { who: 'ada' } },
    });
  });

  it('say when there is no such release', async () => {
    const refused = await controls.act('app-v9', { kind: 'abort', ...ada });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'NotFound' } });
  });

  it('retry thaws a failed revision and begins it anew', async () => {
    const first = await started('v2');
    expect(await controls.act(first.id, { kind: 'retry', ...ada })).toMatchObject({
      ok: false,
      error: { reason: 'NotRetryable' },
    });
    await end(first);
    const state = await store.policy('app');
    if (!state.ok || state.value === null) throw new Error('gone');
    await store.savePolicy({ ...state.value, frozen: ['v2'] });
    expect(await start('v2')).toMatchObject({ ok: false, error: { reason: 'RevisionFrozen' } });
    const again = await controls.act(first.id, { kind: 'retry', ...ada });
    expect(again).toMatchObject({ ok: true, value: { revision: 'v2' } });
    expect(again.ok && again.value.id).not.toBe(first.id);
  });
});
