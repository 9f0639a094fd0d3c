/** What the gate is told of a release's checks: those that count where it stands. */
import type { CheckFact } from '../gate/facts.ts';
import { type CheckRun, isOfTheMoment, isSettled, type ReleaseCheck } from '../release/check-demand.ts';
import type { Release } from '../release/release.ts';
import { moment } from '../verdict/words.ts';
import { isAt, placesOf, watchedPlace } from './places.ts';
import { runAt } from './questions.ts';

/** An answer counts for so many times the distance between two; the rest is silence. */
const fresh = 3;

/** Of whatever takes longest to answer. */
const leastFreshMs = 60_000;

export function checkFacts(release: Release, nowMs: number): readonly CheckFact[] {
  const watched = watchedPlace(release, 'ready');
  const places = [...placesOf(release, 'ready'), ...(watched?.stage === 'always' ? [watched] : [])];
  return places.flatMap((place) =>
    release.checks
      .filter((check) => isAt(check, place))
      .map((check) => factOf(check, runAt(check, place.key), { release, nowMs })),
  );
}

/** What a failure does where the release stands: before any traffic nobody is taken anywhere. */
const effectOf = ({ demand: { onFail } }: ReleaseCheck, { phase }: Release): CheckFact['onFail'] =>
  onFail !== 'usual' ? onFail : phase.phase === 'preparing' ? 'hold' : 'rollback';

interface Standing {
  readonly release: Release;
  readonly nowMs: number;
}

function factOf(check: ReleaseCheck, run: CheckRun | null, { nowMs, release }: Standing): CheckFact {
  const common = { name: check.demand.name, onFail: effectOf(check, release) };
  if (run === null) return { ...common, state: 'pending', message: 'it was not asked yet' };
  if (run.override !== null) return { ...common, state: 'passed', message: `passed over by ${run.override.who}` };
  return isSilent(check, run, nowMs)
    ? { ...common, state: 'pending', message: `it has not answered since ${moment(run.answeredAtMs ?? run.askedAtMs)}` }
    : { ...common, state: run.state, message: run.message };
}

/** Only what is asked over and over gets old. What failed stays failed until it answers better. */
const isSilent = ({ demand }: ReleaseCheck, run: CheckRun, nowMs: number): boolean =>
  isOfTheMoment(demand) &&
  isSettled(run) &&
  nowMs - (run.answeredAtMs ?? run.askedAtMs) > Math.max(leastFreshMs, fresh * demand.everyMs);
