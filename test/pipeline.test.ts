/** The loop as a whole, on a world in memory: what becomes of releases, and that one release's trouble is no other's. */
import { Subject } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../src/lib/clock.ts';
import { type Pipeline, pipeline, type ReleaseKey } from '../src/pipeline.ts';
import type { Happening } from '../src/reconcile/happening.ts';
import type { Ports } from '../src/reconcile/ports.ts';
import { command } from '../src/release/command.ts';
import { openMemoryStore } from '../src/release/memory.ts';
import type { Release } from '../src/release/release.ts';
import type { Store } from '../src/release/store.ts';
import { eventually } from './support/eventually.ts';
import { MemoryWorld, productionRules, type WorldOptions } from './support/memory-world.ts';

const rules = await productionRules();

class Loop {
  readonly store: Store;
  readonly worlds = new Map<string, MemoryWorld>();
  readonly happenings: Happening[] = [];
  readonly releases$ = new Subject<ReleaseKey>();
  readonly nudges$ = new Subject<string>();
  readonly stop$ = new Subject<void>();
  readonly ended: Promise<void>;

  constructor(change: (ports: Ports) => Ports = (ports) => ports) {
    const opened = openMemoryStore();
    if (!opened.ok) throw new Error(opened.error.message);
    this.store = opened.value;
    const portsOf: Pipeline['portsOf'] = ({ policy }) => change(this.world(policy).ports);
    const { nudges$, releases$, stop$ } = this;
    this.ended = new Promise((resolve, reject) => {
      pipeline({ releases$, nudges$, stop$, portsOf }).subscribe({ complete: resolve, error: reject });
    });
  }

  world(policy: string, given: Partial<WorldOptions> = {}): MemoryWorld {
    const known = this.worlds.get(policy);
    if (known !== undefined) return known;
    const tell = (happening: Happening): void => void this.happenings.push(happening);
    const options = { policy, store: this.store, clock: systemClock, rules, intervalMs: 10, perSecond: 400_000 };
    const world = new MemoryWorld({ ...options, compression: 3_000, tell, ...given });
    this.worlds.set(policy, world);
    return world;
  }

  async begin(policy: string, revision = 'v2'): Promise<string> {
    const world = this.world(policy);
    await world.settle('v1');
    const { id } = await world.begin(revision);
    this.releases$.next({ id, policy });
    return id;
  }

  async release(id: string): Promise<Release> {
    const read = await this.store.release(id);
    if (!read.ok || read.value === null) throw new Error(`no release ${id}`);
    return read.value;
  }

  async reaches(id: string, phase: Release['phase']['phase']): Promise<Release> {
    await eventually(async () => expect((await this.release(id)).phase.phase).toBe(phase));
    return this.release(id);
  }

  async order(id: string, kind: 'abort' | 'pause' | 'resume'): Promise<void> {
    const release = await this.release(id);
    const changed = command(release, {
      kind,
      revision: release.revision,
      who: 'ada',
      reason: 'test',
      atMs: Date.now(),
    });
    if (!changed.ok) throw new Error(changed.error.message);
    const saved = await this.store.save(changed.value.release, changed.value.log);
    if (saved.ok) return this.nudges$.next(id);
    return this.order(id, kind);
  }
}

let loop: Loop;

afterEach(async () => {
  loop.stop$.next();
  await loop.ended;
});

describe('the loop', () => {
  it('takes a healthy release through its weights and makes it stable', async () => {
    loop = new Loop();
    const id = await loop.begin('app');
    await loop.reaches(id, 'watching');
    const { router, workload } = loop.world('app');
    expect(router.history.filter((weight, i, all) => weight !== all[i - 1])).toEqual([25, 50, 100, 0]);
    const seen = await workload.observe();
    expect(seen.ok && seen.value.serving).toEqual({ stable: 'v2', canary: null });
    const policy = await loop.store.policy('app');
    expect(policy.ok && policy.value).toMatchObject({ stable: 'v2', previous: 'v1' });
  });

  it('takes a bad one back to 0, latched, and freezes it', async () => {
    loop = new Loop();
    loop.world('app').errorRate['v2'] = 0.05;
    const id = await loop.begin('app');
    const release = await loop.reaches(id, 'rolledBack');
    expect(release.latch?.rule).toBe('error_rate');
    expect(Math.max(...loop.world('app').router.history)).toBe(25);
    expect(await loop.world('app').weight()).toBe(0);
    const policy = await loop.store.policy('app');
    expect(policy.ok && policy.value?.frozen).toEqual(['v2']);
  });

  it('holds while nothing answers, and goes on afterwards', async () => {
    loop = new Loop();
    const world = loop.world('app');
    const id = await loop.begin('app');
    await loop.reaches(id, 'baking');
    world.isBlind = true;
    const readsBefore = world.reads;
    await eventually(() => expect(world.reads).toBeGreaterThan(readsBefore + 50));
    const blind = await loop.release(id);
    expect(['Blind', 'Paused', 'MetricsBlind']).toContain(blind.waiting?.reason);
    expect(blind.weight.desired).toBe(25);
    world.isBlind = false;
    await loop.reaches(id, 'watching');
  });

  it('obeys an order at once, however the metrics are', async () => {
    loop = new Loop();
    const world = loop.world('app', { intervalMs: 60_000 });
    const id = await loop.begin('app');
    await eventually(async () => expect(await world.weight()).toBe(25));
    await loop.order(id, 'abort');
    await eventually(async () => expect(await world.weight()).toBe(0), { withinMs: 30_000 });
  });

  it('lets no release suffer from another one that throws', async () => {
    loop = new Loop((ports) => ports);
    const broken = loop.world('broken');
    broken.ports.workload.observe = () => Promise.reject(new Error('planted'));
    const id = await loop.begin('broken');
    loop.world('app').errorRate['v2'] = 0.05;
    const other = await loop.begin('app');
    await loop.reaches(other, 'rolledBack');
    expect((await loop.release(id)).phase.phase).toBe('preparing');
    const trouble = { release: id, policy: 'broken', reason: 'Unexpected', message: 'planted' };
    expect(loop.happenings).toContainEqual({ kind: 'troubled', ...trouble });
  });

  it("lets no release's hanging write delay another one's rollback", async () => {
    loop = new Loop();
    const stuck = loop.world('stuck');
    let release = (): void => {};
    const write = stuck.router.write.bind(stuck.router);
    stuck.router.write = async (given) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return write(given);
    };
    await loop.begin('stuck');
    loop.world('app').errorRate['v2'] = 0.05;
    const other = await loop.begin('app');
    await loop.reaches(other, 'rolledBack');
    expect(await stuck.weight()).toBe(0);
    release();
  });

  it('finishes the write that is under way when it is told to stop', async () => {
    loop = new Loop();
    const world = loop.world('app');
    const write = world.router.write.bind(world.router);
    let begun = false;
    world.router.write = async (given) => {
      begun = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return write(given);
    };
    await loop.begin('app');
    await eventually(() => expect(begun).toBe(true));
    loop.stop$.next();
    await loop.ended;
    expect(await world.weight()).toBe(25);
  });
});
