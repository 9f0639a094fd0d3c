/** Which questions about a release are to be under way now. */
import { type CheckRun, isOfTheMoment, isSettled, type ReleaseCheck } from '../release/check-demand.ts';
import { stateOf } from '../release/instances.ts';
import type { Release } from '../release/release.ts';
import type { WorkloadState } from '../workload/workload.ts';
import type { Question } from './checks.ts';
import { type CanaryState, isAt, type Place, placesOf, watchedPlace } from './places.ts';

export interface Now {
  readonly nowMs: number;
  readonly namespace: string;
  /** null: it could not be looked at. */
  readonly workload: WorkloadState | null;
  readonly canary: CanaryState;
}

export interface Due {
  readonly check: ReleaseCheck;
  readonly place: Place;
  /** null: never asked there. */
  readonly run: CheckRun | null;
  readonly attempt: number;
  readonly question: Question;
}

/** Pure. A question keeps its id until it is answered, so that a controller that takes over asks the same one. */
export function questionsOf(release: Release, now: Now): readonly Due[] {
  const watched = watchedPlace(release, now.canary);
  const places = [...placesOf(release, now.canary), ...(watched === null ? [] : [watched])];
  const due = release.checks.flatMap((check) =>
    [...places.filter((place) => isAt(check, place)), ...leftBehind(check, places)].map((place) => ({ check, place })),
  );
  return due.flatMap(({ check, place }) => {
    const run = runAt(check, place.key);
    const attempt = attemptOf(check, run, now.nowMs);
    if (attempt === null) return [];
    return [{ check, place, run, attempt, question: asked(release, { check, place, attempt }, now) }];
  });
}

/** Nothing waits for what is only recorded, so the release may be further by the time that it answers. */
const leftBehind = ({ demand, runs }: ReleaseCheck, places: readonly Place[]): readonly Place[] =>
  demand.onFail !== 'record' || demand.stages.length === 0
    ? []
    : runs
        .filter((run) => run.answeredAtMs === null && places.every(({ key }) => key !== run.place))
        .flatMap(({ place: key }) =>
          demand.stages.filter((stage) => key.split('/')[0] === stage).map((stage) => ({ stage, key })),
        );

export const runAt = ({ runs }: ReleaseCheck, place: string): CheckRun | null =>
  runs.find((run) => run.place === place) ?? null;

/** null: it is answered, and nothing is to be asked again yet. */
function attemptOf({ demand }: ReleaseCheck, run: CheckRun | null, nowMs: number): number | null {
  if (run === null) return 1;
  if (run.answeredAtMs === null) return run.attempt;
  const isOver = nowMs - run.answeredAtMs >= demand.everyMs;
  return isOver && isAskedAgain(demand, run) ? run.attempt + 1 : null;
}

/** What failed and holds may be mended meanwhile; what is only recorded has said what it had to say. */
const isAskedAgain = (demand: ReleaseCheck['demand'], run: CheckRun): boolean =>
  isOfTheMoment(demand) || (!isSettled(run) && (run.state === 'pending' || demand.onFail !== 'record'));

type Asking = Pick<Due, 'attempt' | 'check' | 'place'>;

const asked = (release: Release, { attempt, check, place }: Asking, { namespace, workload }: Now): Question => ({
  id: `${release.id}/${place.key}/${check.demand.name}/${attempt}`,
  check: check.demand.name,
  stage: place.stage,
  release: release.id,
  policy: release.policy,
  namespace,
  revision: release.revision,
  stableRevision: release.stableRevision,
  weight: release.weight.applied ?? 0,
  canary: addressesOf(workload, release.revision),
  stable: addressesOf(workload, release.stableRevision),
});

/** That nothing could be looked at says nothing of anybody's instances. */
export const addressesOf = (workload: WorkloadState | null, revision: string | null): readonly string[] | null =>
  workload === null
    ? null
    : (stateOf(workload, revision)?.instances ?? []).filter(({ state }) => state === 'ready').map(({ url }) => url);
