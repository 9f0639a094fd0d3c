/** The metrics outage of the story: in the second step every instance stops answering scrapes, until the release was paused for it. */
import { pause } from '../../lib/pause.ts';
import { count } from '../../verdict/words.ts';
import { type Cast, healthy } from './cast.ts';
import type { Load } from './load.ts';
import { isSettled } from './settled.ts';
import { succeededIn } from './users-text.ts';
import { waitUntil } from './wait-until.ts';

/** How long a person sees it paused. */
const pausedForMs = 1_000;

/** Answers how many user requests were served meanwhile; 0 when there was none, because the release ended before. */
export async function playOutage({ faults, load, signal, tell, witness }: Cast): Promise<number> {
  await waitUntil(() => isDue({ witness }) || isSettled(witness, healthy), signal);
  if (signal.aborted || isSettled(witness, healthy)) return 0;
  const before = served(load);
  await faults.switchOn('outage', healthy);
  tell('metrics outage: no instance answers a scrape; users are served on, nothing may be decided by silence');
  await waitUntil(() => isPaused({ witness }) || isSettled(witness, healthy), signal);
  await pause(pausedForMs, signal);
  const meanwhile = served(load) - before;
  await faults.switchOff('outage');
  tell(`the metrics answer again; ${count(meanwhile)} user requests were served meanwhile`);
  return meanwhile;
}

/** A third into the bake of the second step. */
function isDue({ witness }: Pick<Cast, 'witness'>): boolean {
  const release = witness.of(healthy)?.release;
  if (release?.phase.phase !== 'baking' || release.phase.step !== 1) return false;
  return release.phase.bakedMs > (release.plan.steps[1]?.bakeMs ?? 0) / 3;
}

const isPaused = ({ witness }: Pick<Cast, 'witness'>): boolean =>
  witness.of(healthy)?.release.pauses.some(({ by }) => by === 'blind') ?? false;

const served = (load: Load): number => {
  const report = load.latest();
  return report === null ? 0 : succeededIn(report.total);
};
