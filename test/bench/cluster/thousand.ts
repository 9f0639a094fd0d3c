/** A thousand policies, a hundred of them releasing: what the controller costs, how fast one goes back, and how soon a new controller judges all. */
import { request } from 'undici';
import type { Ground } from '../../faults/scene.ts';
import { eventually } from '../../support/eventually.ts';
import { Fleet } from './fleet.ts';
import type { Scenario } from './fleet-scenarios.ts';
import { loadOver } from './load.ts';

const size = 1_000;
const releasing = 100;
const measuredSeconds = 60;
const withinMs = 240_000;

const steps = [
  { weight: 50, bake: '60m' },
  { weight: 100, bake: '60m' },
] as const;

const headersOf = ({ lab }: Ground) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${lab.state.tokens.admin}`,
});

/** From a person's word to the route written with 0, milliseconds, while all others are judged. */
async function backMs(ground: Ground, fleet: Fleet): Promise<number> {
  const [release] = await fleet.releases();
  if (release === undefined) throw new Error('no release runs');
  const name = release.metadata.name.replace(/^(app-\d+)-.*$/, '$1');
  const from = ground.history.of(fleet.namespace).length;
  const saidAtMs = Date.now();
  const answer = await request(`${await fleet.controllers.leads()}/api/v1/releases/${release.metadata.name}/abort`, {
    method: 'POST',
    headers: headersOf(ground),
    body: JSON.stringify({ revision: release.spec.revision, reason: 'to see how long it takes' }),
  });
  const said = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`abort: ${answer.statusCode} ${said}`);
  const zero = await eventually(
    () =>
      ground.history
        .of(fleet.namespace)
        .slice(from)
        .find(({ object, plural }) => plural === 'virtualservices' && object.metadata.name === name),
    { withinMs, everyMs: 5 },
  );
  return zero.atMs - saidAtMs;
}

/** Releases whose rules the controller of now has judged, by what it exports. */
async function judged(ground: Ground, fleet: Fleet): Promise<number> {
  const url = fleet.controllers.newest.url();
  if (url === null) return 0;
  const { body, statusCode } = await request(`${url}/metrics`, { headers: headersOf(ground) });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`/metrics: ${statusCode} ${text.slice(0, 200)}`);
  const policies = text.matchAll(/^sluice_rule_verdict\{[^}]*policy="([^"]+)"/gm);
  return new Set([...policies].map(([, policy]) => policy)).size;
}

export const thousand: Scenario = async (ground, atEnd) => {
  const fleet = await Fleet.open(ground, { size, steps, atEnd });
  await fleet.adopt();
  await fleet.push('v2', /baking/, releasing);
  const load = await loadOver(ground, fleet, measuredSeconds);
  console.log(`  ${load.kinds}`);
  const back = await backMs(ground, fleet);
  await fleet.controllers.stop();
  const beganMs = performance.now();
  await fleet.controllers.start();
  const left = releasing - 1;
  await eventually(async () => (await judged(ground, fleet)) >= left, { withinMs, everyMs: 100 });
  const startUp = (performance.now() - beganMs) / 1_000;
  const about = `${size} policies, ${releasing} releasing, a look each 5 s`;
  return [
    { what: `controller CPU, ${about}`, measured: load.cpu, unit: '% of a core', reach: 60 },
    { what: 'controller RSS', measured: load.rssMib, unit: 'MiB', reach: 400 },
    { what: 'API requests a minute', measured: load.requests, unit: '', reach: null },
    { what: 'one of them ordered back -> route written with 0', measured: back / 1_000, unit: 's', reach: 1 },
    { what: 'a new controller, from its start until all are judged', measured: startUp, unit: 's', reach: 15 },
  ];
};
