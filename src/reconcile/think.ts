/**
 * One look, thought through without touching anything: the release as it was read, the world as it is, what follows.
 *
 *   stored release ─► clock set back? ─► resumed ─► time added ─► answer judged ─► world folded in ─► facts ─► decision ─► release to store
 */
import type { BackupAnswer } from '../backup/snapshots.ts';
import { checkFacts } from '../checks/check-facts.ts';
import type { Answered } from '../checks/checks.ts';
import { hearChecks } from '../checks/hear.ts';
import type { Due } from '../checks/questions.ts';
import type { Decision } from '../gate/decision.ts';
import { decide } from '../gate/gate.ts';
import { gather } from '../gate/gather.ts';
import type { ContainerImage } from '../gate/image-seen.ts';
import { lookAtGates } from '../gate/prerequisites.ts';
import { step } from '../gate/step.ts';
import type { Measured } from '../metrics/measure.ts';
import type { Arms } from '../metrics/series.ts';
import { missingApprovals } from '../release/approval.ts';
import type { Attestation } from '../release/attestation.ts';
import { elapse } from '../release/elapse.ts';
import { readyOf, stateOf } from '../release/instances.ts';
import type { Change, LogEntry } from '../release/log.ts';
import { observe } from '../release/observe.ts';
import { observeRoute } from '../release/observe-route.ts';
import { isOver } from '../release/phase.ts';
import type { Release, WeightBook } from '../release/release.ts';
import { resumed } from '../release/resume.ts';
import { afterSetBack } from '../release/set-back.ts';
import type { JudgeContext } from '../verdict/context.ts';
import type { WorkloadState } from '../workload/workload.ts';
import { type JudgedRelease, judgeReadings, judgeRelease } from './judge-release.ts';
import type { Look } from './look.ts';
import type { World } from './see.ts';
import type { Tick } from './session.ts';
import { withTraffic } from './with-traffic.ts';

export interface Moment extends Look {
  readonly world: World;
  readonly tick: Tick;
  /** First look of this controller at the release. */
  readonly isFirst: boolean;
  readonly epoch: number;
  readonly intervalMs: number;
  /** Results that were posted under the release's policy. */
  readonly attested: readonly Attestation[];
  /** Left out or null: nothing is backed up here. */
  readonly backup?: BackupAnswer | null;
  /** Of the revision; left out or null: it has none, or they are not known. */
  readonly images?: readonly ContainerImage[] | null;
  readonly arms: Arms | null;
  /** What was to be asked outside before this look, and what was heard by now. */
  readonly asked: readonly Due[];
  readonly answers: readonly Answered[];
  /** The answer before this look's was usable, and is not too old; null: none came yet. */
  readonly sighted: boolean | null;
}

export interface Thought {
  readonly release: Release;
  readonly log: readonly LogEntry[];
  readonly sighted: boolean;
  /** What the judge was given; null: no answer. */
  readonly readings: Measured['readings'] | null;
  /** null: it is over, nothing is left to decide. */
  readonly decision: Decision | null;
}

export function think(stored: Release, moment: Moment): Thought {
  const { nowMs } = moment.tick;
  const isTakenOver =
    moment.isFirst && stored.weight.seenByEpoch !== null && stored.weight.seenByEpoch !== moment.epoch;
  const timed = afterSetBack(stored, moment.tick);
  const taken = isTakenOver ? resumed(timed.release, nowMs) : unchanged(timed.release);
  const weight = weightNow(taken.release, moment);
  const judged = judgedBy(withoutOldPasses(taken.release, weight), weight, moment);
  const source = moment.answer?.source ?? judged.release.sight.source;
  const aged = elapse(judged.release, {
    ...moment.tick,
    intervalMs: moment.intervalMs,
    sighted: judged.sighted,
    source,
  });
  const { route, routeProblem, workload } = moment.world;
  const seen = observe(aged.release, { nowMs, epoch: moment.epoch, route, workload });
  const log = [...timed.log, ...taken.log, ...aged.log, ...seen.log];
  const { readings, sighted } = judged;
  if (isOver(seen.release)) return { release: seen.release, log, sighted, readings, decision: null };
  const heard = hearChecks(seen.release, { nowMs, due: moment.asked, answers: moment.answers });
  const facts = gather(heard.release, {
    ...{ nowMs, route, routeProblem, workload },
    checks: checkFacts(heard.release, nowMs),
    missingApprovals: missingApprovals(heard.release, nowMs),
  });
  const counted = withTraffic(heard.release, { nowMs, askedMs: moment.world.routeAskedMs, route, readings });
  const looked = lookAtGates(counted, { ...moment, nowMs, stable: facts.stable });
  const whole = { ...facts, release: looked.release };
  const decision = decide(whole);
  const stepped = step(whole, decision);
  return {
    release: stepped.release,
    log: [...log, ...heard.log, ...looked.log, ...stepped.log],
    sighted,
    readings,
    decision,
  };
}

const unchanged = (release: Release): Change<Release> => ({ release, log: [] });

/** As it is carried now: an answer is never judged by a weight that somebody has moved since. */
const weightNow = (release: Release, { epoch, tick, world: { route } }: Moment): WeightBook =>
  route === null ? release.weight : observeRoute(release, { nowMs: tick.nowMs, epoch, route }).release.weight;

/** What passed at another weight has shown nothing of this one; what speaks against the canary stays, and all does once it is taken back. */
const withoutOldPasses = (release: Release, { applied, appliedAtMs }: WeightBook): Release =>
  (applied === release.weight.applied && appliedAtMs === release.weight.appliedAtMs) ||
  release.phase.phase === 'rollingBack'
    ? release
    : { ...release, verdicts: release.verdicts.filter(({ kind }) => kind !== 'pass') };

function judgedBy(release: Release, weight: WeightBook, moment: Moment): JudgedRelease {
  const { answer, arms, readings, sighted, tick, world } = moment;
  const glance = { nowMs: tick.nowMs, weight, stableProbes: stableProbes(world.workload, release.stableRevision) };
  if (readings !== undefined) return judgeReadings(release, { memory: release.evidence.memory, readings }, glance);
  if (answer !== null && arms !== null) return judgeRelease(release, { answer, arms }, glance);
  // Before the first answer nothing is known: no bake is earned then, but while preparing there is none to earn.
  return { release, sighted: sighted ?? release.phase.phase === 'preparing', readings: null };
}

function stableProbes(workload: WorkloadState | null, stable: string | null): JudgeContext['stableProbes'] {
  if (workload === null || (stateOf(workload, stable)?.instances.length ?? 0) === 0) return 'gone';
  return readyOf(workload, stable) > 0 ? 'pass' : 'fail';
}
