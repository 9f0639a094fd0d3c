/** One order of a cluster, carried out as the same order over HTTP is, by whom the API server says that it is. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { Adoption } from '../../release/adoption.ts';
import { resultOf } from '../../release/attest.ts';
import type { Attestation } from '../../release/attestation.ts';
import type { OrderSpec } from '../../release/order-object-schema.ts';
import type { Release } from '../../release/release.ts';
import type { Controls, ReleaseAction } from '../../server/controls.ts';
import type { Caller } from '../../server/requests.ts';
import { parseAction, parseAttestation, parseStable, parseStart } from '../../server/requests.ts';
import { named, sameRevision } from '../../server/show-release.ts';
import { isKeeping, keptBefore, workKeeping } from './order-keeping.ts';

/** The release after it; null: it is about none. */
export interface Done {
  readonly release: Release | null;
  /** Of a backup or a restore. */
  readonly report?: string;
}

export type Worked = Promise<Result<Done>>;

export interface Understood {
  readonly uid: string;
  readonly spec: OrderSpec;
  /** By this controller's clock. */
  readonly givenAtMs: number;
  /** The same by the API server's: what orders are compared by. */
  readonly orderedAtMs: number;
  /** When a controller before began it, which is told of backups and restores; left out, or null: none has. */
  readonly startedAt?: string | null;
  /** It lay there when this controller began: the one before may have carried it out. */
  readonly isInherited: boolean;
  /** Called when it has its effect, and waits for what makes way. */
  readonly waits?: () => void;
}

/** The same order twice has the effect of one. */
export function workOrder(controls: Controls, order: Understood): Worked {
  switch (order.spec.action) {
    case 'attest':
      return attested(controls, order);
    case 'set-stable':
      return stableSet(controls, order);
    case 'start':
      return started(controls, order);
    case 'backup':
    case 'restore':
      return kept(controls, order);
    default:
      return acted(controls, order);
  }
}

/** What came of it at the hands of a controller that died unheard; null: nothing. */
export async function doneBefore(controls: Controls, order: Understood): Promise<Result<Done | null>> {
  if (isKeeping(order.spec)) return keptBefore(controls, order);
  if (order.spec.action === 'attest') return attestedBefore(controls, order);
  if (order.spec.action === 'set-stable') return setBefore(controls, order);
  if (order.spec.action === 'start') return begunBefore(controls, order, null);
  const meant = await meantBy(controls, order.spec);
  return meant.ok ? effectOf(controls, meant.value.release, order) : meant;
}

async function attested(controls: Controls, order: Understood): Worked {
  const { policy, name, outcome, values, digests, revision, reason } = order.spec;
  const body = present({ name, outcome, values, digests, revision, reason });
  const given = parseAttestation(body, callerOf(order.spec));
  if (!given.ok) return given;
  const before = await attestedBefore(controls, order);
  if (!before.ok) return before;
  if (before.value !== null) return ok(before.value);
  const kept = await controls.attest(policy, { ...given.value, orderedAtMs: order.orderedAtMs });
  return kept.ok ? ok({ release: null }) : kept;
}

/** Fails where somebody gave another result after it: that one stands. */
async function attestedBefore(controls: Controls, order: Understood): Promise<Result<Done | null>> {
  const { policy, name = '', outcome, revision = '', user } = order.spec;
  if (!order.isInherited) return ok(null);
  const state = await controls.policy(policy);
  if (!state.ok) return state;
  const kept = resultOf(state.value?.attested ?? [], name, revision);
  if (kept === null || isBefore(kept, order, order.givenAtMs)) return ok(null);
  if (kept.outcome === outcome && kept.who === user) return ok({ release: null });
  return kept.orderedAtMs === order.orderedAtMs ? ok(null) : failed(overtaken(kept));
}

async function acted(controls: Controls, order: Understood): Worked {
  const meant = await meantBy(controls, order.spec);
  if (!meant.ok) return meant;
  const { action, release } = meant.value;
  const before = await effectOf(controls, release, order);
  if (!before.ok) return before;
  if (before.value !== null) return ok(before.value);
  const done = await controls.act(release.id, { ...action, order: order.uid });
  return done.ok ? ok({ release: done.value }) : done;
}

interface Meant {
  readonly release: Release;
  readonly action: ReleaseAction;
}

async function meantBy(controls: Controls, spec: OrderSpec): Promise<Result<Meant>> {
  const { policy, action: name, user: _user, groups: _groups, release = policy, ...body } = spec;
  if (name === 'attest' || name === 'set-stable' || name === 'start' || name === 'backup' || name === 'restore')
    return failed({ reason: 'Invalid', message: `${name} is about no release`, retryable: false });
  const given = parseAction(name, present(body), callerOf(spec));
  if (!given.ok) return given;
  const found = await named(controls, release);
  if (!found.ok) return found;
  // The right was asked for on this policy, and on no other.
  if (found.value.policy !== policy) return failed(ofAnother(found.value, policy));
  const same = sameRevision(found.value, given.value.revision);
  return same.ok ? ok({ release: same.value, action: given.value.action }) : same;
}

async function kept(controls: Controls, order: Understood): Worked {
  const report = await workKeeping(controls, order, callerOf(order.spec));
  return report.ok ? ok({ release: null, report: report.value }) : report;
}

async function stableSet(controls: Controls, order: Understood): Worked {
  const { policy, revision, reason } = order.spec;
  const given = parseStable(present({ revision, reason }), callerOf(order.spec));
  if (!given.ok) return given;
  const before = await setBefore(controls, order);
  if (!before.ok) return before;
  if (before.value !== null) return ok(before.value);
  const set = await controls.setStable(policy, { ...given.value, orderedAtMs: order.orderedAtMs });
  return set.ok ? ok({ release: null }) : set;
}

/** Fails where somebody made another one stable after it: that one stands. */
async function setBefore(controls: Controls, order: Understood): Promise<Result<Done | null>> {
  const { policy, revision = '', user } = order.spec;
  // What this controller did within the second of its order may have come before it.
  const sinceMs = order.givenAtMs + (order.isInherited ? 0 : secondMs);
  const state = await controls.policy(policy);
  if (!state.ok) return state;
  const known = state.value?.adopted;
  if (known === undefined || isBefore(known, order, sinceMs)) return ok(null);
  if (known.revision === revision && known.who === user) return ok({ release: null });
  return known.orderedAtMs === order.orderedAtMs ? ok(null) : failed(stableSince(known, revision));
}

/** An older order may have waited, and be carried out after the newer one was given. */
const isBefore = (known: Pick<Adoption, 'atMs' | 'orderedAtMs'>, order: Understood, sinceMs: number): boolean =>
  known.atMs <= sinceMs || (known.orderedAtMs !== undefined && known.orderedAtMs < order.orderedAtMs);

async function started(controls: Controls, order: Understood): Worked {
  const { policy, revision, reason, rollback } = order.spec;
  const given = parseStart(present({ policy, revision, spec: {}, reason, rollback }), callerOf(order.spec));
  if (!given.ok) return given;
  const before = await begunBefore(controls, order, null);
  if (!before.ok) return before;
  if (before.value !== null) return ok(before.value);
  const { waits } = order;
  const begun = await controls.start({ ...given.value, ...(waits === undefined ? {} : { waits }) });
  return begun.ok ? ok({ release: begun.value }) : begun;
}

/** A release that began since it was ordered, and as it was; null: none. */
async function begunBefore(
  controls: Controls,
  { givenAtMs, spec: { policy, revision, rollback } }: Understood,
  but: string | null,
): Promise<Result<Done | null>> {
  const listed = await controls.releases({ policy });
  if (!listed.ok) return listed;
  const isIts = (each: Release): boolean =>
    each.id !== but && each.revision === revision && each.startedAtMs >= givenAtMs - secondMs;
  const isAsSaid = ({ plan }: Release): boolean => rollback === undefined || plan.rollback === rollback;
  const begun = listed.value.find((each) => isIts(each) && isAsSaid(each));
  return ok(begun === undefined ? null : { release: begun });
}

/** null: none. */
async function effectOf(controls: Controls, release: Release, order: Understood): Promise<Result<Done | null>> {
  const { spec, uid } = order;
  if (spec.action === 'retry') return begunBefore(controls, order, release.id);
  const log = await controls.log(release.id, lastLines);
  if (!log.ok) return log;
  return ok(log.value.some(({ data }) => data['order'] === uid) ? { release } : null);
}

/** Orders are dated in whole seconds, and so are the answers that tell the API server's clock. */
const secondMs = 1_000;

/** A release does not write more while an order lives. */
const lastLines = 200;

const callerOf = ({ user, groups = [] }: OrderSpec): Caller => ({ name: user, groups });

/** A word that was left out is none. */
const present = (body: object): object =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

const overtaken = ({ name, outcome, revision, who }: Attestation): Problem => ({
  reason: 'Overtaken',
  message: `${who} gave ${name} of ${revision} as ${outcome} after this was ordered, and that stands: look again, and give it anew`,
  retryable: false,
});

const stableSince = ({ revision, who }: Adoption, meant: string): Problem => ({
  reason: 'Overtaken',
  message: `${who} made ${revision} stable after ${meant} was ordered, and that stands: look again, and give it anew`,
  retryable: false,
});

const ofAnother = ({ id, policy }: Release, named: string): Problem => ({
  reason: 'Invalid',
  message: `release ${id} is of policy ${policy}, not of ${named}: nothing was done`,
  retryable: false,
});
