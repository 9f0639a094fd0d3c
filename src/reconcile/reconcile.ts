/** One pass over one release: read everything anew, think, save, do the one thing that is left to do. */

import { questionsOf } from '../checks/questions.ts';
import { imagesOf } from '../gate/image-seen.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { readRequest } from '../metrics/measure.ts';
import type { Action } from '../release/action.ts';
import { neededNow, readyOf } from '../release/instances.ts';
import { isOver } from '../release/phase.ts';
import { policyAfter } from '../release/policy-state.ts';
import type { Release } from '../release/release.ts';
import { type ArmRevisions, armsOf } from './arms.ts';
import type { Look } from './look.ts';
import { nextAction } from './next-action.ts';
import { type Looked, noteOf } from './note-look.ts';
import { type Errand, perform } from './perform.ts';
import type { Ports } from './ports.ts';
import { backOffMs, longestRestMs, type Progress, restMs } from './progress.ts';
import { see, type World } from './see.ts';
import { isSighted, noteSight, type Recalled, type Session, tick } from './session.ts';
import { type Moment, type Thought, think } from './think.ts';

/** Somebody else saved meanwhile (an order): read again, with the same answer. */
const attempts = 5;

export async function reconcile(session: Session, look: Look, ports: Ports): Promise<Progress> {
  const startedMs = ports.clock.monotonicMs();
  for (let attempt = 1; ; attempt += 1) {
    const passed = await pass(session, look, ports);
    if (!passed.ok && passed.error.reason === 'Conflict' && attempt < attempts) continue;
    ports.tell({ kind: 'reconciled', release: session.release, tookMs: ports.clock.monotonicMs() - startedMs });
    return passed.ok ? passed.value : troubled(session, passed.error, ports);
  }
}

/** A pass that threw or failed: the release stands as it is stored, and is looked at again; others go on. */
export function troubled(session: Session, { reason, message }: Problem, ports: Ports): Progress {
  session.failures += 1;
  ports.tell({ kind: 'troubled', release: session.release, policy: session.policy, reason, message });
  return { release: session.release, againMs: backOffMs(session.failures), ended: false };
}

async function pass(session: Session, look: Look, ports: Ports): Promise<Result<Progress>> {
  const [world, read] = await Promise.all([see(session, ports), recall(session, ports)]);
  const known = read.ok ? read.value : session.known;
  if (known === 'gone') return ok(lost(session, world, ports));
  if (known === 'over') return ok({ release: session.release, againMs: 0, ended: true });
  session.known = known;
  if (known === null) return read as Result<never>;
  const { release, policy } = known;
  const arms = world.workload === null ? null : armsOf(ports.labels, world.workload, revisionsOf(release, ports));
  const timing = momentOf(session, ports);
  const moment = {
    ...look,
    ...timing,
    world,
    arms,
    attested: policy.attested,
    images: imagesOf(policy.revisions[release.revision]),
    backup: ports.backup?.(release) ?? null,
    ...ask(release, { world, nowMs: timing.tick.nowMs }, ports),
  };
  const thought = think({ ...release, latch: release.latch ?? session.unrecorded }, moment);
  const {
    isFirst,
    tick: { monotonicMs, nowMs },
  } = moment;
  if (look.answer !== null) noteSight(session, thought.sighted ? monotonicMs : null);
  if (arms !== null) session.request = readRequest(release.rules.rules, arms, lookbackMs(ports.source.intervalMs));
  return carryOut(thought, {
    session,
    ports,
    release: thought.release,
    policy,
    world,
    unread: read.ok ? null : read.error,
    lookedAtMs: monotonicMs,
    looked: { before: release, nowMs, isFirst, route: world.route },
  });
}

/** Somebody deleted it: nothing is left to go on from, and nobody else will say so. */
function lost(session: Session, { route }: World, ports: Ports): Progress {
  const release = session.known?.release;
  if (release !== undefined && !isOver(release)) {
    const message = `its record is gone, and nobody looks after it any more; ${leftOf(release, route)}`;
    troubled(session, { reason: 'RecordGone', message, retryable: false }, ports);
  }
  return { release: session.release, againMs: 0, ended: true };
}

function leftOf({ mode }: Release, route: World['route']): string {
  if (mode === 'observe') return 'whoever drives the rollout goes on with it';
  const keeps = route === null ? 'what its route says is not known' : `the route keeps ${route.canary} % on it`;
  return `${keeps}: put all traffic on stable as deploy/without-controller.md says, or begin it again`;
}

/** Starts what is due; what is known by now is taken, and nothing is waited for. */
function ask(release: Release, { nowMs, world: { workload } }: Asking, { checks }: Ports): Asked {
  if (checks === undefined || release.checks.length === 0) return { asked: [], answers: [] };
  const isReady = workload !== null && readyOf(workload, release.revision) >= neededNow(release, workload);
  const canary = isReady ? 'ready' : 'notReady';
  const asked = questionsOf(release, { nowMs, namespace: checks.namespace, workload, canary });
  return {
    asked,
    answers: checks.latest(
      release.id,
      asked.map(({ question }) => question),
    ),
  };
}

interface Asking {
  readonly world: World;
  readonly nowMs: number;
}

type Asked = Pick<Moment, 'answers' | 'asked'>;

const revisionsOf = ({ revision, stableRevision }: Release, { own = [] }: Ports): ArmRevisions => ({
  canary: revision,
  stable: stableRevision,
  own,
});

const momentOf = (
  session: Session,
  { clock, source, store }: Ports,
): Pick<Moment, 'epoch' | 'intervalMs' | 'isFirst' | 'sighted' | 'tick'> => ({
  epoch: store.epoch,
  intervalMs: Math.max(source.intervalMs, longestRestMs),
  isFirst: session.lastMonotonicMs === null,
  sighted: isSighted(session, clock, source.intervalMs),
  tick: tick(session, clock),
});

/** Two scrape intervals at least, and what a slow source may be late. */
const lookbackMs = (intervalMs: number): number => Math.max(10_000, 4 * intervalMs);

interface Thinking extends Errand {
  readonly lookedAtMs: number;
  readonly looked: Omit<Looked, 'after' | 'readings'>;
  /** Why the store could not be read: then the release is as last known, and may be lowered, but nothing is saved or raised. */
  readonly unread: Problem | null;
}

/** The intent is saved before the world is raised; what lowers it is written in the same tick, neither waiting for the other. */
async function carryOut(thought: Thought, errand: Thinking): Promise<Result<Progress>> {
  const { looked, lookedAtMs, world, session, ports } = errand;
  const action = nextAction(thought.release, { route: world.route, workload: world.workload });
  const lowers = action?.kind === 'weight' && action.canary <= (world.route?.canary ?? 100);
  const [saved, done] = lowers
    ? await Promise.all([save(thought, errand), perform(action, errand)])
    : await save(thought, errand).then(async (each) => [each, await act(each, action, errand)] as const);
  session.unrecorded = !saved.ok && (lowers || session.unrecorded !== null) ? thought.release.latch : null;
  if (!saved.ok) return saved;
  session.known = { release: saved.value, policy: errand.policy };
  session.lastMonotonicMs = lookedAtMs;
  const look = noteOf({ ...looked, after: saved.value, readings: thought.readings });
  ports.tell({ kind: 'saved', release: saved.value, log: thought.log, look });
  if (isOver(saved.value)) return ok({ release: session.release, againMs: 0, ended: true });
  // Somebody wrote in between: nothing is wrong, and everything is read again at once.
  const isRaced = !done.ok && done.error.reason === 'Conflict' && session.failures === 0;
  if (!done.ok && !isRaced) return ok(troubled(session, done.error, ports));
  session.failures = isRaced ? 1 : 0;
  const isAtRest = action === null && thought.log.length === 0;
  return ok({ release: session.release, againMs: isAtRest ? restMs(ports.source.intervalMs) : 0, ended: false });
}

const act = async (saved: Result<Release>, action: Action | null, errand: Errand): Promise<Result<void>> =>
  saved.ok && action !== null ? perform(action, errand) : ok(undefined);

/** The policy first: a crash between the two does it again instead of never. */
async function save({ release, log }: Thought, { ports, policy, unread }: Thinking): Promise<Result<Release>> {
  if (unread !== null) return failed(unread);
  const after = policyAfter(policy, release);
  if (after !== policy) {
    const kept = await ports.store.savePolicy(after);
    if (!kept.ok) return kept;
  }
  return ports.store.save(release, log);
}

async function recall({ release: id }: Session, { store }: Ports): Promise<Result<Recalled | 'gone' | 'over'>> {
  const release = await store.release(id);
  if (!release.ok) return release;
  if (release.value === null) return ok('gone');
  if (isOver(release.value)) return ok('over');
  const policy = await store.policy(release.value.policy);
  if (!policy.ok) return policy;
  if (policy.value === null)
    return failed({
      reason: 'PolicyUnknown',
      message: `nothing is stored of policy ${release.value.policy}, which ${id} belongs to`,
      retryable: false,
    });
  return ok({ release: release.value, policy: policy.value });
}
