/** Folds what the router reads back into the weights of a release, and tells our own writes from those of others. */
import { formatDuration } from '../lib/duration.ts';
import type { RouteState } from '../router/router.ts';
import type { Change, LogData, LogEntry } from './log.ts';
import { weightToWrite } from './may-rise.ts';
import type { Release, WeightBook } from './release.ts';
import { transition } from './transition.ts';

/** Raises by others that are put back before the release gives up. */
export const contestedLimit = 3;

export interface RouteSeen {
  readonly nowMs: number;
  /** Of the controller that looks: another one than last time has just taken over. */
  readonly epoch: number;
  readonly route: RouteState;
}

/**
 *   found ─┬─ as before ───────────────────────────────────────► nothing
 *          ├─ another, and somebody else drives (observe) ─────► followed
 *          ├─ as decided ──────────────────────────────────────► applied
 *          ├─ another object in its place ─────────────────────► the steps begin anew, at the first
 *          ├─ data plane started anew ─────────────────────────► the share is verified anew, the weight written again
 *          ├─ latched, or lower with a new controller ─────────► latch: the record of a rollback was lost
 *          ├─ 0 by the data plane's dead man's switch ─────────► the same, and it says so
 *          ├─ lower ───────────────────────────────────────────► ceiling: nobody passes it until a person resumes
 *          └─ higher ──────────────────────────────────────────► contested: put back, counted
 */
export function observeRoute(release: Release, seen: RouteSeen): Change<Release> {
  const finding = findingOf(release, seen);
  return conclude[finding]({ ...release, weight: booked(release, seen, finding) }, seen, release.weight);
}

type Finding =
  | 'asBefore'
  | 'driven'
  | 'asDecided'
  | 'replaced'
  | 'startedAnew'
  | 'takenBack'
  | 'switchedOff'
  | 'loweredUnrecorded'
  | 'lowered'
  | 'raised';

function findingOf(release: Release, { epoch, route }: RouteSeen): Finding {
  const { id, latch, mode, phase, weight } = release;
  const before = weight.applied ?? 0;
  if (mode === 'observe') return route.canary === before ? 'asBefore' : 'driven';
  if (route.rolledBack === id && latch === null) return 'takenBack';
  if (isSwitchedOff(release, route)) return 'switchedOff';
  if (isReplaced(release, { epoch, route })) return 'replaced';
  if (weight.routerStartedAtMs !== null && route.startedAtMs !== weight.routerStartedAtMs) return 'startedAnew';
  if (route.canary === before) return 'asBefore';
  const isDecided = route.canary === weight.desired || route.canary === weightToWrite(release, before);
  if (isDecided && (route.canary === 0 || route.release === id)) return 'asDecided';
  if (route.canary > before) return 'raised';
  // Who has reached nothing yet only took over at 0 what somebody had raised.
  if (phase.phase === 'rollingBack' || (route.canary === 0 && weight.reached === 0)) return 'asDecided';
  return weight.seenByEpoch !== null && weight.seenByEpoch !== epoch ? 'loweredUnrecorded' : 'lowered';
}

/** Not by evidence and not by a person, so it is no rollback; but what keeps a controller away may be the canary. */
const isSwitchedOff = ({ id, latch, phase, weight }: Release, { canary, switchedOff }: RouteState): boolean => {
  if (canary > 0 || switchedOff === undefined || switchedOff.release !== id) return false;
  return latch === null && phase.phase !== 'rollingBack' && (weight.applied ?? 0) > 0 && weight.desired > 0;
};

/** Whoever made it anew has not decided anything of this release; what was reached was reached on another one. */
const isReplaced = ({ latch, phase, weight }: Release, { epoch, route }: Omit<RouteSeen, 'nowMs'>): boolean => {
  const { object } = route;
  if (object === undefined || weight.routeObject === null || object === weight.routeObject) return false;
  // The record of a rollback may have gone with the object: then a lower weight is taken for one.
  if (weight.seenByEpoch !== epoch) return false;
  const isOnTheWay = phase.phase === 'shifting' || phase.phase === 'baking' || phase.phase === 'promoting';
  return isOnTheWay && latch === null && weight.desired > 0;
};

function booked({ id, plan, weight }: Release, { epoch, nowMs, route }: RouteSeen, finding: Finding): WeightBook {
  const { canary, since, startedAtMs } = route;
  const isOurs = route.release === id;
  const before = weight.applied ?? 0;
  const moved = weight.applied !== canary || finding === 'startedAnew';
  const first = plan.steps[0]?.weight ?? 0;
  const requests = since === null ? 0 : since.canary + since.stable;
  return {
    ...weight,
    desired: finding === 'driven' ? canary : finding === 'replaced' ? first : weight.desired,
    applied: canary,
    reached:
      finding === 'replaced'
        ? 0
        : isOurs && canary <= weight.desired
          ? Math.max(weight.reached, canary)
          : weight.reached,
    appliedAtMs: moved ? nowMs : weight.appliedAtMs,
    observedPercent: since === null || requests === 0 ? null : (100 * since.canary) / requests,
    observedRequests: requests,
    raisedAtMs: canary > before ? nowMs : weight.raisedAtMs,
    firstTrafficAtMs: weight.firstTrafficAtMs ?? (canary > 0 ? nowMs : null),
    contested: weight.contested + (finding === 'raised' ? 1 : 0),
    ceiling: finding === 'lowered' || finding === 'switchedOff' ? canary : weight.ceiling,
    routerStartedAtMs: startedAtMs,
    routeObject: route.object ?? null,
    seenByEpoch: epoch,
  };
}

type Conclusion = (release: Release, seen: RouteSeen, before: WeightBook) => Change<Release>;

const conclude: Readonly<Record<Finding, Conclusion>> = {
  asBefore: (release) => ({ release, log: [] }),
  driven: (release, { nowMs, route }, before) => {
    const message = `whoever drives the rollout moved the weight from ${before.applied ?? 0} % to ${route.canary} %: it is judged there`;
    return { release, log: [noticed(nowMs, 'WeightFollowed', { message, data: weights(release, before) })] };
  },
  asDecided: (release, { nowMs, route }, before) => ({
    release,
    log:
      before.applied === route.canary || (before.applied === null && route.canary === 0)
        ? []
        : [
            noticed(nowMs, 'WeightApplied', {
              message: `weight ${route.canary} % is applied`,
              data: weights(release, before),
            }),
          ],
  }),
  replaced: (release, { nowMs, route }, before) => {
    const message = `the route was deleted and made again, and carries ${route.canary} %: the release begins again at its first step, ${release.weight.desired} %`;
    return {
      release: { ...release, phase: transition(release, { kind: 'restart' }) ?? release.phase },
      log: [noticed(nowMs, 'RouteReplaced', { message, data: weights(release, before) })],
    };
  },
  startedAnew: (release, { nowMs, route }, before) => {
    const message = `the data plane started anew and carries ${route.canary} %: the weight is written again, its share verified anew`;
    return {
      release: { ...release, phase: transition(release, { kind: 'lost' }) ?? release.phase },
      log: [noticed(nowMs, 'DataPlaneRestarted', { message, data: weights(release, before) })],
    };
  },
  takenBack: (release, { nowMs, route }, before) => {
    const message = `the route says that this release was taken back, at ${route.canary} %: its record of that was lost, so it goes back`;
    return latched(release, { nowMs, reason: 'TakenBack', message, data: weights(release, before) });
  },
  switchedOff: (release, { nowMs, route }, before) => {
    const silent = formatDuration(Math.round((route.switchedOff?.silentMs ?? 0) / 1_000) * 1_000);
    const reason = `no controller had shown itself for ${silent}, so the dead man's switch took the weight from ${before.applied ?? 0} % to 0`;
    const pause = {
      by: 'switch',
      who: "the dead man's switch",
      reason,
      sinceMs: route.switchedOff?.atMs ?? nowMs,
    } as const;
    const next = { ...release, pauses: [...release.pauses, pause] };
    return {
      release: { ...next, phase: transition(next, { kind: 'lost' }) ?? next.phase },
      log: [
        noticed(nowMs, 'DeadMansSwitch', {
          message: `${reason}: it stays there until resume`,
          data: weights(release, before),
        }),
      ],
    };
  },
  loweredUnrecorded: (release, { nowMs, route }, before) => {
    const message = `the weight was ${before.applied ?? 0} % when the last controller stopped and is ${route.canary} % now, and no record says why: a release that was lowered is never raised again`;
    return latched(release, { nowMs, reason: 'LoweredUnrecorded', message, data: weights(release, before) });
  },
  lowered: (release, { nowMs, route }, before) => {
    const message = `${nameOf(route)} lowered the weight from ${before.applied ?? 0} % to ${route.canary} %: it stays there until resume`;
    return { release, log: [noticed(nowMs, 'WeightLowered', { message, data: weights(release, before) })] };
  },
  raised: (release, { nowMs, route }, before) => {
    const { contested, desired } = release.weight;
    const message = `${nameOf(route)} raised the weight from ${before.applied ?? 0} % to ${route.canary} % (${contested} times now): it is put back to ${desired} %`;
    const reason = contested >= contestedLimit ? 'TrafficContested' : 'WeightRaised';
    return { release, log: [noticed(nowMs, reason, { message, data: { ...weights(release, before), contested } })] };
  },
};

const nameOf = ({ writer }: RouteState): string => writer?.name ?? 'somebody';

interface Line {
  readonly message: string;
  readonly data: LogData;
}

const noticed = (atMs: number, reason: string, line: Line): LogEntry => ({ atMs, kind: 'event', reason, ...line });

const weights = ({ weight }: Release, before: WeightBook): LogData => ({
  desired: weight.desired,
  before: before.applied,
  found: weight.applied,
});

interface Latching extends Line {
  readonly nowMs: number;
  readonly reason: string;
}

function latched(release: Release, { nowMs, reason, message, data }: Latching): Change<Release> {
  const latch = release.latch ?? { reason, message, rule: null, atMs: nowMs, data };
  return { release: { ...release, latch }, log: [noticed(nowMs, reason, { message, data })] };
}
