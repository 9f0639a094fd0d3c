import { beforeEach, expect, it } from 'vitest';
import { MemoryRouter } from '../../src/router/memory.ts';
import { Instances } from '../../src/wiring/instances.ts';
import { MemoryWorkload } from '../../src/workload/memory.ts';
import { command } from '../support/control-room.ts';
import { eventually } from '../support/eventually.ts';

let workload: MemoryWorkload;
let told: string[];
let instances: Instances;

beforeEach(async () => {
  workload = new MemoryWorkload({ backends: new MemoryRouter() });
  await workload.ensure('v1', command('serve'), 2);
  told = [];
  const watched = new Map([['app', { policy: { name: 'app' }, workload }]]);
  instances = new Instances(watched, async (policy) => void told.push(policy));
});

const states = () => instances.latest('app')?.revisions[0]?.instances.map(({ state }) => state);

it('are known from the start, without word for anybody', async () => {
  await eventually(() => states()?.join() === 'starting,starting');
  expect(told).toEqual([]);
  expect(instances.latest('shop')).toBeNull();
});

it('are known as soon as one changes, and the loop is told which policy it is of', async () => {
  await workload.makeReady('v1');
  await eventually(() => told.length === 1);
  expect(states()).toEqual(['ready', 'ready']);
  expect(told).toEqual(['app']);
});

it('stay as last seen while they can not be read', async () => {
  await eventually(() => states() !== undefined);
  workload.inject({ reason: 'Unreachable', message: 'away', retryable: true });
  await workload.lose('v1', 'v1-1', 'exited');
  await eventually(() => told.length === 1);
  expect(states()).toEqual(['starting', 'starting']);
});

it('are nobody’s concern any more after the end', async () => {
  instances.close();
  await workload.makeReady('v1');
  await workload.observe();
  expect(told).toEqual([]);
});
