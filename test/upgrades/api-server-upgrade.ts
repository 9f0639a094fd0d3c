/** The API server is followed by one of the next minor version, on the same etcd, in the midst of many releases. */
import type { Ground } from '../faults/scene.ts';
import { chooseApiServer } from '../lab/control-plane/api-server.ts';
import { versions } from '../lab/parts/versions.ts';
import { bakingFleet, changes, goOn, type Order, standing, weightFaults } from './mid-release.ts';

/** Sentences about what the upgrade did that it may not. `ground`: of a lab that was started with the version before. */
export async function apiServerUpgrade(
  ground: Ground,
  order: Order,
  say: (line: string) => void,
): Promise<readonly string[]> {
  await isVersion(ground, versions.kubernetesBefore);
  const fleet = await bakingFleet(ground, order);
  const before = await standing(ground, fleet);
  say(`${order.size} releases bake at 25 %, on ${versions.kubernetesBefore}`);
  const { lab } = ground;
  await lab.kill('kube-apiserver');
  chooseApiServer(lab.folder, 'current');
  await lab.start('kube-apiserver');
  await isVersion(ground, versions.kubernetes);
  say(`the API server is ${versions.kubernetes}`);
  await goOn(ground, fleet);
  say('all went on');
  return [...changes(before, await standing(ground, fleet)), ...weightFaults(ground.history.of(fleet.namespace))];
}

async function isVersion({ api }: Ground, expected: string): Promise<void> {
  const { gitVersion } = await api.get<{ readonly gitVersion: string }>('/version');
  if (gitVersion !== expected)
    throw new Error(`the API server is ${gitVersion}, not ${expected}: end the lab that runs (npm run lab -- down)`);
}
