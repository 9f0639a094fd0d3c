/** Between releases: stable is brought up and serves, a successor follows, and trouble is told and outlasted. */
import { Subject } from 'rxjs';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { keepBaseline } from '../../src/reconcile/baseline.ts';
import { takeCare } from '../../src/wiring/caretaker.ts';
import { ControlRoom } from '../support/control-room.ts';
import { eventually } from '../support/eventually.ts';
import { type LogLine, logLines } from '../support/log-lines.ts';
import { MemoryWorld } from '../support/memory-world.ts';

let room: ControlRoom;
let world: MemoryWorld;
let lines: readonly LogLine[];
let rounds: number;

beforeEach(async () => {
  room = await ControlRoom.open({ stable: null });
  const rules = room.served.rules.current();
  if (!rules.ok) throw new Error(rules.error.message);
  world = new MemoryWorld({
    policy: 'app',
    store: room.store,
    clock: systemClock,
    rules: rules.value,
    intervalMs: 1_000,
    perSecond: 100,
    compression: 1,
  });
});

/** Cares until the test ends. */
function care(): void {
  const { store, starter, pulse, served } = room;
  const keeper = logLines();
  const stop$ = new Subject<void>();
  lines = keeper.lines;
  rounds = 0;
  const service = {
    ...served,
    keep: async (idle: Parameters<typeof keepBaseline>[0] | null) =>
      idle === null ? ok([]) : keepBaseline(idle, world.ports, { mode: 'enforce' }),
  };
  const ended = new Promise<void>((resolve, reject) => {
    takeCare(service, { store, starter, pulse, log: keeper.log, stop$ }).subscribe({
      next: () => {
        rounds += 1;
      },
      complete: resolve,
      error: reject,
    });
  });
  onTestFinished(async () => {
    stop$.next();
    await ended;
  });
}

const nextRound = async (): Promise<void> => {
  const before = rounds;
  await eventually(() => rounds > before + 1);
};

const serving = async () => {
  const seen = await world.workload.observe();
  return seen.ok ? seen.value.serving : null;
};

describe('a policy that was never served', () => {
  it('has the revision of its file brought up and served, and is ready then', async () => {
    expect(room.pulse.ready()).toEqual({ ok: false, missing: ['app: not looked at yet'] });
    care();
    await eventually(() => room.pulse.ready().ok);
    expect(await serving()).toEqual({ stable: 'v1', canary: null });
    const state = await room.store.policy('app');
    expect(state.ok && state.value).toMatchObject({ stable: 'v1', previous: null });
    expect(room.pulse.alive().ok).toBe(true);
  });
});

describe('while nothing is released', () => {
  it('instances that were lost are missed, and traffic that somebody gave a canary goes back', async () => {
    care();
    await eventually(() => room.pulse.ready().ok);
    await world.workload.lose('v1', 'v1-1', 'unready');
    await eventually(() => room.pulse.ready().missing.includes('app: no instance of v1 is ready yet'));
    await world.workload.makeReady('v1');
    await world.router.point({ backend: 'canary', revision: 'v0', endpoints: ['http://v0.invalid'], epoch: 1 });
    world.router.interfere(40);
    await eventually(async () => (await world.weight()) === 0 && room.pulse.ready().ok);
  });

  it('a broken rule file is said, and stable is served all the same', async () => {
    room.problem = 'rules.yaml is broken, no release starts on it: 3:1 no';
    care();
    await eventually(() => room.pulse.ready().missing.join() === `app: ${room.problem}`);
    expect((await serving())?.stable).toBe('v1');
    const msg = 'policy is not served as it should be';
    await eventually(() => lines.some((line) => line.msg === msg && String(line['missing']) === room.problem));
  });

  it('what goes wrong is logged with its reason, and tried again', async () => {
    care();
    await eventually(() => room.pulse.ready().ok);
    world.workload.inject({ reason: 'RegistryUnwritable', message: 'the disk is full', retryable: true });
    await eventually(() => lines.some(({ reason }) => reason === 'RegistryUnwritable'));
    await eventually(() => room.pulse.ready().ok);
  });

  it('not even a defect ends it', async () => {
    care();
    await eventually(() => room.pulse.ready().ok);
    const { observe } = world.workload;
    world.workload.observe = () => Promise.reject(new Error('planted'));
    await eventually(() => room.pulse.ready().missing.includes('app: planted'));
    expect(lines.at(-1)).toMatchObject({ level: 'warn', policy: 'app', msg: 'policy is not served as it should be' });
    world.workload.observe = observe;
    await eventually(() => room.pulse.ready().ok);
  });
});

describe('releases', () => {
  it('are left alone while they run', async () => {
    care();
    await eventually(() => room.pulse.ready().ok);
    const release = await room.started('v2');
    await nextRound();
    await world.workload.serve('canary', 'v1', room.store.epoch);
    world.router.interfere(30);
    await nextRound();
    expect(await world.weight()).toBe(30);
    await room.end(release);
    await eventually(async () => (await world.weight()) === 0);
  });

  it('that made way are followed by what they made way for, once', async () => {
    care();
    await eventually(() => room.pulse.ready().ok);
    const first = await room.started('v2');
    const waiting = room.start('v3');
    await eventually(async () => (await room.release(first.id)).supersededBy === 'v3');
    expect(room.begun).toHaveLength(1);
    await room.end(first);
    expect(await waiting).toMatchObject({ ok: true, value: { revision: 'v3' } });
    await nextRound();
    expect(room.begun.map(({ revision, startedBy }) => [revision, startedBy])).toEqual([
      ['v2', 'ada'],
      ['v3', `successor of ${first.id}`],
    ]);
  });

  it('that can not follow say why', async () => {
    care();
    await eventually(() => room.pulse.ready().ok);
    const first = await room.started('v2');
    void room.start('v3');
    await eventually(async () => (await room.release(first.id)).supersededBy === 'v3');
    room.problem = 'rules.yaml is broken';
    await room.end(first);
    await eventually(() => room.pulse.ready().missing.join() === 'app: rules.yaml is broken');
    room.problem = null;
    await eventually(() => room.begun.length === 2);
  });
});
