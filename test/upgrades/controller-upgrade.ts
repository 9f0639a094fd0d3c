/** A new controller takes over from an old one in the midst of many releases: first beside it, as a cluster rolls, then on records of the first version. */
import type { Fleet } from '../bench/cluster/fleet.ts';
import type { Ground } from '../faults/scene.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { eventually } from '../support/eventually.ts';
import {
  bakingFleet,
  changes,
  goOn,
  type Order,
  type Release,
  releasesPath,
  standing,
  weightFaults,
} from './mid-release.ts';

const patience = { withinMs: 240_000 };

/** Sentences about what the upgrade did that it may not. */
export async function controllerUpgrade(
  ground: Ground,
  order: Order,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const fleet = await bakingFleet(ground, order);
  const before = await standing(ground, fleet);
  say(`${order.size} releases bake at 25 %`);
  await applyDefinitions(ground.api);
  await roll(fleet);
  say('another process leads, and the one before has ended');
  await onFirstRecords(ground, fleet);
  say('another one leads, on records as the first version wrote them');
  await goOn(ground, fleet);
  say('all went on');
  return [...changes(before, await standing(ground, fleet)), ...weightFaults(ground.history.of(fleet.namespace))];
}

/** Both run for a moment. */
async function roll({ controllers }: Fleet): Promise<void> {
  const old = controllers.newest;
  const next = await controllers.start();
  await eventually(() => /waiting to lead/.test(next.output()), patience);
  await old.stop();
  await controllers.leads();
}

/** What the first version did not know is taken out of every record while nobody leads. */
async function onFirstRecords({ api }: Ground, fleet: Fleet): Promise<void> {
  await fleet.controllers.stop();
  const { items } = await api.list<Release>(releasesPath(fleet));
  for (const { metadata, status } of items) {
    const record = JSON.parse(status?.record ?? '') as Readonly<Record<string, unknown>>;
    const kept = Object.entries(record).filter(([key]) => !laterFields.has(key));
    const path = `${releasesPath(fleet)}/${metadata.name}/status`;
    await api.patch(path, { status: { record: JSON.stringify(Object.fromEntries(kept)) } });
  }
  await fleet.controllers.start();
  await fleet.controllers.leads();
}

/** Of a release's record. */
const laterFields: ReadonlySet<string> = new Set([
  'approvals',
  'calledFalseAlarm',
  'checks',
  'dispersion',
  'gates',
  'notes',
  'ownRollback',
  'rollbackPoint',
  'successorRollback',
  'tasks',
  'traffic',
]);
