/** What many services cost: at rest, stepping, baking; and how long they take to be adopted, and to be looked after again. */
import type { Ground } from '../../faults/scene.ts';
import type { AtEnd } from '../../support/at-end.ts';
import { Fleet } from './fleet.ts';
import { loadOver } from './load.ts';
import type { Row } from './row.ts';

export type Scenario = (ground: Ground, atEnd: AtEnd) => Promise<readonly Row[]>;

const size = 100;
const measuredSeconds = 60;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
};

const baking = [
  { weight: 50, bake: '20m' },
  { weight: 100, bake: '20m' },
] as const;

/** Ten steps of 10 s, as the peers were measured. */
const stepping = Array.from({ length: 10 }, (_, index) => ({ weight: (index + 1) * 10, bake: '10s' }));

const adopting: Scenario = async (ground, atEnd) => {
  const fleet = await Fleet.open(ground, { size, steps: baking, atEnd });
  const seconds = await timed(() => fleet.adopt());
  return [{ what: `adopting ${size} policies`, measured: seconds, unit: 's', reach: 15 }];
};

const idle: Scenario = async (ground, atEnd) => {
  const fleet = await Fleet.open(ground, { size, steps: baking, atEnd });
  await fleet.adopt();
  // What adoption left to do is done.
  await loadOver(ground, fleet, 20);
  const load = await loadOver(ground, fleet, measuredSeconds);
  console.log(`  ${load.kinds}`);
  return [
    {
      what: `API requests a minute, ${size} idle policies, the Lease apart`,
      measured: load.requests,
      unit: '',
      reach: 30,
    },
    { what: 'of these writes', measured: load.writes, unit: '', reach: 0 },
    { what: 'controller CPU', measured: load.cpu, unit: '% of a core', reach: null },
    { what: 'controller RSS', measured: load.rssMib, unit: 'MiB', reach: null },
  ];
};

const steps: Scenario = async (ground, atEnd) => {
  const fleet = await Fleet.open(ground, { size, steps: stepping, atEnd });
  await fleet.adopt();
  await fleet.push('v2', /baking|shifting|promoting|watching/);
  const load = await loadOver(ground, fleet, measuredSeconds);
  console.log(`  ${load.kinds}`);
  const pace = load.routePatches === 0 ? Number.POSITIVE_INFINITY : (size * 60) / load.routePatches;
  return [
    {
      what: `API requests a minute, ${size} releases, a step each 10 s`,
      measured: load.requests,
      unit: '',
      reach: 1_900,
    },
    { what: 'a step took', measured: pace, unit: 's', reach: 10.5 },
    { what: 'controller CPU', measured: load.cpu, unit: '% of a core', reach: 8 },
    { what: 'controller RSS', measured: load.rssMib, unit: 'MiB', reach: 200 },
    { what: 'API server CPU', measured: load.serverCpu, unit: '% of a core', reach: 15 },
  ];
};

const bakes: Scenario = async (ground, atEnd) => {
  const fleet = await Fleet.open(ground, { size, steps: baking, atEnd });
  await fleet.adopt();
  await fleet.push('v2', /baking/);
  const load = await loadOver(ground, fleet, measuredSeconds);
  console.log(`  ${load.kinds}`);
  return [
    { what: `API requests a minute, ${size} releases baking`, measured: load.requests, unit: '', reach: 350 },
    { what: 'controller CPU', measured: load.cpu, unit: '% of a core', reach: 8 },
    { what: 'controller RSS', measured: load.rssMib, unit: 'MiB', reach: 200 },
  ];
};

export const fleetScenarios: Readonly<Record<string, Scenario>> = { adopting, idle, steps, baking: bakes };
