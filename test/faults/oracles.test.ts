/** The oracles of `npm run faults` find what they are there to find. */
import { describe, expect, it } from 'vitest';
import { annotation } from '../../src/router/kubernetes/marks.ts';
import { label, noRevision } from '../../src/workload/kubernetes/labels.ts';
import { isKill, planName, singly } from './fault.ts';
import type { Happened, Plural, Seen } from './history.ts';
import { Ledger, type Write } from './ledger.ts';
import { loopFaults } from './outcome.ts';
import { allPlans, choose, faultsIn } from './plans.ts';
import { bakeFaults, routeFaults } from './route-oracle.ts';
import { serviceFaults } from './service-oracle.ts';
import { writeName } from './write-name.ts';

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
      ...{
        number: 1,
        name: '',
        method: 'PATCH',
        path: '/x/virtualservices/app',
        code: 200,
        askedAtMs,
        doneAtMs: askedAtMs,
      },
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

  it('finds users given back to a Deployment that has no pods', () => {
    const givenBack = happened('services', { metadata: { name: 'app-stable' }, spec: { selector: { app: 'app' } } });
    const own = happened('pods', {
      metadata: { labels: { app: 'app' } },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const before = [pod('one', 'True'), service('one')];
    expect(serviceFaults([...before, own, givenBack])).toEqual([]);
    expect(serviceFaults([...before, givenBack])).toHaveLength(1);
  });

  it('finds a Service whose last endpoint went, and none of one that went itself', () => {
    const slice = (ready: readonly boolean[], isGone: true | false): Happened => ({
      ...happened('endpointslices', {
        metadata: { uid: 'u', labels: { 'kubernetes.io/service-name': 'app' } },
        endpoints: ready.map((is) => ({ conditions: { ready: is } })),
      }),
      isGone,
    });
    expect(
      serviceFaults([slice([], false), slice([true], false), slice([true, false], false), slice([], true)]),
    ).toEqual([]);
    expect(serviceFaults([slice([true], false), slice([false], false)])).toEqual([
      'S12: Service app had nobody to send to',
    ]);
  });
});

describe('plans', () => {
  const end = { weight: 0, services: {}, deployments: [], releases: [], stable: 'v2', orders: [], isReady: true };
  const writes = Array.from({ length: 10 }, (_, at) => `PATCH route #${at + 1}`);
  const reference = { end, writes, perObject: { 'PATCH route': 4 }, watched: ['pods'] };
  const all = allPlans(new Map([['promote', reference]]), 4);
  const whole = { fault: null, shard: { index: 1, of: 1 }, sample: null, processes: 0, seed: 1 };

  it('are every fault at every write, at every kind of news, and of everything', () => {
    expect(all).toHaveLength(3 * 7 + 5 + 6);
    expect(faultsIn(all)).toBe(10 * 7 + 5 + 6);
    expect(new Set(all.flatMap(singly).map(planName)).size).toBe(10 * 7 + 5 + 6);
    expect(all.map(planName)).toContain('promote/kill-after/1+4+7+10');
  });

  it('of all shards together are all, each once', () => {
    const parts = [1, 2, 3].flatMap((index) => choose(all, { ...whole, shard: { index, of: 3 } }).plans);
    expect(parts.map(planName).toSorted()).toEqual(all.map(planName).toSorted());
  });

  it('of a sample hold every kill, and what the seed draws of the others', () => {
    const draw = (seed: number) => choose(all, { ...whole, sample: 5, seed });
    expect(draw(1).plans.filter(isKill)).toEqual(expect.arrayContaining(all.filter(isKill)));
    expect(draw(1).plans).toHaveLength(3 * 2 + 5);
    expect(draw(1).leftOut).toBe(faultsIn(all) - faultsIn(draw(1).plans));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('kill so many processes as were asked for, and the rest by a cut', () => {
    const { leftOutProcesses, plans } = choose(all, { ...whole, processes: 7 });
    expect(
      plans.filter(({ fault, lives }) => lives === 'process' && fault.kind === 'write').flatMap(singly),
    ).toHaveLength(7);
    expect(leftOutProcesses).toBe(20 - 7);
  });

  it('strike the writes that they name, counted from when the workload begins, each once', () => {
    const at = [1, 2].map((number) => ({ number, name: `PATCH a/b/x #${number}` }));
    const ledger = new Ledger({ fault: { kind: 'write', fault: 'lose', at } });
    const ask = (method: string, path: string) => ledger.writeFault(ledger.asked(method, new URL(path, 'http://x')));
    expect(ask('PATCH', '/a/b/x')).toBeNull();
    ledger.arm();
    expect(ask('GET', '/a/b/x')).toBeNull();
    expect(ask('PUT', '/x/leases/sluice')).toBeNull();
    expect(ask('POST', '/x/events')).toBeNull();
    expect(ask('PATCH', '/a/b/x?dryRun=All')).toBeNull();
    expect([ledger.struckTimes, ledger.unmet.size]).toEqual([0, 2]);
    expect(ask('PATCH', '/a/b/x')).toBe('lose');
    expect(ask('PATCH', '/a/b/y')).toBeNull();
    expect([ledger.struckTimes, ledger.unmet.size]).toEqual([1, 1]);
    expect(ask('PATCH', '/a/b/x')).toBe('lose');
    expect(ask('PATCH', '/a/b/x')).toBeNull();
    expect([ledger.struckTimes, ledger.unmet.size]).toEqual([2, 0]);
  });

  it('know a write again by what it is for, and one that was not carried out as the same', () => {
    const name = (method: string, path: string, body: object): string => writeName(method, path, JSON.stringify(body));
    expect(
      name('PUT', '/apis/x/namespaces/faults-abc/releases/app-3fe4bc0b0f-dff028/status', {
        status: { phase: 'baking', log: [{ reason: 'A' }, { reason: 'StillBaking' }] },
      }),
    ).toBe('PUT releases/app-REV/status baking StillBaking');
    expect(
      name('PATCH', '/apis/x/virtualservices/app', [
        { op: 'add', value: 25 },
        { op: 'test', value: 'x' },
      ]),
    ).toBe('PATCH x/virtualservices/app 25');
    expect(name('PATCH', '/a/deployments/app', { spec: { replicas: 0 } })).toBe('PATCH a/deployments/app x 0');
    const ledger = new Ledger({
      fault: { kind: 'write', fault: 'kill-in-flight', at: [{ number: 1, name: 'PUT a/b/x #1' }] },
    });
    ledger.arm();
    const ask = () => ledger.asked('PUT', new URL('/a/b/x', 'http://x'));
    expect(ledger.writeFault(ask())).toBe('kill-in-flight');
    expect(ask().name).toBe('PUT a/b/x #1');
    expect(ask().name).toBe('PUT a/b/x #2');
  });

  it('find an object that is written in a loop', () => {
    expect(loopFaults(reference, { 'PATCH route': 10 })).toEqual([]);
    expect(loopFaults(reference, { 'PATCH route': 100 })).toHaveLength(1);
    expect(loopFaults(reference, { 'PATCH route': 30 }, 4)).toEqual([]);
  });
});
