/** The oracles of `npm run faults` find what they are there to find. */
import { describe, expect, it } from 'vitest';
import { annotation } from '../../src/router/kubernetes/marks.ts';
import { label, noRevision } from '../../src/workload/kubernetes/labels.ts';
import { type Plan, planName } from './fault.ts';
import type { Happened, Plural, Seen } from './history.ts';
import { Ledger, type Write } from './ledger.ts';
import { loopFaults } from './outcome.ts';
import { allPlans, choose } from './plans.ts';
import { bakeFaults, routeFaults } from './route-oracle.ts';
import { serviceFaults } from './service-oracle.ts';

const steps = [
  { weight: 25, bakeSeconds: 30 },
  { weight: 50, bakeSeconds: 30 },
  { weight: 100, bakeSeconds: 30 },
];

const happened = (plural: Plural, object: object): Happened => ({
  atMs: 0,
  plural,
  object: object as Seen,
  isGone: false,
});

interface State {
  readonly canary: number;
  readonly epoch?: number;
  readonly latched?: string;
  /** Left out: another one than before. */
  readonly stamp?: string;
}

let stamps = 0;

const aRoute = ({ canary, epoch = 1, latched = '', stamp = `s${++stamps}` }: State): object => ({
  metadata: {
    annotations: {
      [annotation.epoch]: String(epoch),
      [annotation.release]: 'r',
      [annotation.latched]: latched,
      [annotation.stamp]: stamp,
    },
  },
  spec: { http: [{ route: [{ weight: 100 - canary }, { weight: canary }] }] },
});

const faultsOf = (...states: readonly State[]): string =>
  routeFaults(
    states.map((state) => happened('virtualservices', aRoute(state))),
    steps,
  ).join('; ');

describe('the oracle of routes', () => {
  it('has nothing against a release that goes up step by step, and is raised again after it was set back', () => {
    expect(faultsOf({ canary: 0 }, { canary: 25 }, { canary: 50 }, { canary: 0 }, { canary: 50 }, { canary: 0 })).toBe(
      '',
    );
  });

  it('leaves alone what a person wrote', () => {
    expect(faultsOf({ canary: 0 }, { canary: 25, stamp: 'x' }, { canary: 90, stamp: 'x' }, { canary: 25 })).toBe('');
  });

  it.each([
    ['a weight that is no step', [{ canary: 0 }, { canary: 30 }], '30 % is no step of the plan'],
    ['a step that was left out', [{ canary: 25 }, { canary: 0 }, { canary: 50 }], 'went from step 0 to step 2'],
    [
      'a rise after the latch',
      [
        { canary: 0, latched: 'r' },
        { canary: 25, latched: 'r' },
      ],
      'rose to 25 % after its latch',
    ],
    ['a latch that is gone', [{ canary: 0, latched: 'r' }, { canary: 0 }], 'the latch of r is gone'],
    [
      'a write of an older leader',
      [
        { canary: 0, epoch: 2 },
        { canary: 25, epoch: 1 },
      ],
      'epoch 1 wrote after epoch 2',
    ],
  ] as const)('finds %s', (_, states, sentence) => {
    expect(faultsOf(...states)).toContain(sentence);
  });

  it('finds a bake that was shortened, and none that was not', () => {
    const raise = (canary: number, askedAtMs: number): Write => ({
      ...{ number: 1, method: 'PATCH', path: '/x/virtualservices/app', code: 200, askedAtMs, doneAtMs: askedAtMs },
      answer: JSON.stringify(aRoute({ canary })),
    });
    expect(bakeFaults([raise(25, 0), raise(50, 1_000)], steps)).toEqual([]);
    expect(bakeFaults([raise(25, 0), raise(50, 900)], steps)).toEqual(['S6: r baked 900 of 1000 ms at step 1']);
  });
});

describe('the oracle of Services', () => {
  const service = (revision: string): Happened =>
    happened('services', { metadata: { name: 'app-stable' }, spec: { selector: { [label.revision]: revision } } });
  const pod = (revision: string, status: string): Happened =>
    happened('pods', {
      metadata: { labels: { [label.revision]: revision } },
      status: { conditions: [{ type: 'Ready', status }] },
    });

  it('finds users sent to nobody', () => {
    expect(serviceFaults([service(noRevision), pod('one', 'True'), service('one')])).toEqual([]);
    expect(serviceFaults([pod('one', 'False'), service('one')])).toHaveLength(1);
    expect(serviceFaults([pod('one', 'True'), service('one'), service(noRevision)])).toHaveLength(1);
  });
});

describe('plans', () => {
  const end = { weight: 0, services: {}, deployments: [], releases: [], stable: 'v2' };
  const reference = { end, writes: 10, perObject: { 'PATCH route': 4 }, watched: ['pods'] };
  const all = allPlans(new Map([['promote', reference]]));
  const whole = { fault: null, shard: { index: 1, of: 1 }, sample: null, seed: 1 };

  it('are every fault at every write, at every kind of news, and of everything', () => {
    expect(all).toHaveLength(10 * 7 + 5 + 6);
    expect(new Set(all.map(planName)).size).toBe(all.length);
  });

  it('of all shards together are all, each once', () => {
    const parts = [1, 2, 3].flatMap((index) => choose(all, { ...whole, shard: { index, of: 3 } }).plans);
    expect(parts.map(planName).toSorted()).toEqual(all.map(planName).toSorted());
  });

  it('of a sample hold every kill, and what the seed draws of the others', () => {
    const draw = (seed: number) => choose(all, { ...whole, sample: 5, seed });
    expect(draw(1).plans).toHaveLength(20 + 5);
    expect(draw(1).leftOut).toBe(all.length - 25);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('strike the write that they name, counted from when the workload begins', () => {
    const plan: Plan = { workload: 'promote', fault: { kind: 'write', fault: 'lose', at: 1 } };
    const ledger = new Ledger(plan);
    const ask = (method: string, path: string) => ledger.writeFault(ledger.asked(method, new URL(path, 'http://x')));
    expect(ask('PATCH', '/x')).toBeNull();
    ledger.arm();
    expect(ask('GET', '/x')).toBeNull();
    expect(ask('PUT', '/x/leases/sluice')).toBeNull();
    expect(ask('POST', '/x/events')).toBeNull();
    expect(ask('PATCH', '/x?dryRun=All')).toBeNull();
    expect(ledger.isMet).toBe(false);
    expect(ask('PATCH', '/x')).toBe('lose');
    expect(ask('PATCH', '/x')).toBeNull();
    expect(ledger.isMet).toBe(true);
  });

  it('find an object that is written in a loop', () => {
    expect(loopFaults(reference, { 'PATCH route': 10 })).toEqual([]);
    expect(loopFaults(reference, { 'PATCH route': 100 })).toHaveLength(1);
  });
});
