/** One order of a cluster, carried out as the same order over HTTP is, by whom the API server says that it is. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { OrderSpec } from '../../release/order-object-schema.ts';
import type { Release } from '../../release/release.ts';
import type { Controls } from '../../server/controls.ts';
import type { Caller } from '../../server/requests.ts';
import { parseAction, parseAttestation } from '../../server/requests.ts';
import { named, sameRevision } from '../../server/show-release.ts';
import type { GivenOrder } from './order-object.ts';

/** The release after it; null: it is about none. */
export type Worked = Promise<Result<Release | null>>;

type Understood = GivenOrder & { readonly spec: OrderSpec };

/** The same order twice has the effect of one. */
export function workOrder(controls: Controls, order: Understood): Worked {
  return order.spec.action === 'attest' ? attested(controls, order.spec) : acted(controls, order, order.spec.action);
}

async function attested(controls: Controls, spec: OrderSpec): Worked {
  const { policy, name, outcome, values, revision, reason } = spec;
  const body = present({ name, outcome, values, revision, reason });
  const given = parseAttestation(body, callerOf(spec));
  if (!given.ok) return given;
  const kept = await controls.attest(policy, given.value);
  return kept.ok ? ok(null) : kept;
}

async function acted(
  controls: Controls,
  { uid, createdAtMs, spec }: Understood,
  action: Exclude<OrderSpec['action'], 'attest'>,
): Worked {
  const { policy, action: _action, user: _user, groups: _groups, release = policy, ...body } = spec;
  const given = parseAction(action, present(body), callerOf(spec));
  if (!given.ok) return given;
  const found = await named(controls, release);
  if (!found.ok) return found;
  // The right was asked for on this policy, and on no other.
  if (found.value.policy !== policy) return failed(ofAnother(found.value, policy));
  const same = sameRevision(found.value, given.value.revision);
  if (!same.ok) return same;
  const before = await effectOf(controls, same.value, { uid, createdAtMs, action });
  if (!before.ok || before.value !== null) return before;
  return controls.act(same.value.id, { ...given.value.action, order: uid });
}

interface Sought {
  readonly uid: string;
  readonly createdAtMs: number;
  readonly action: string;
}

/** What a controller did by this order before it died unheard; null: nothing. */
async function effectOf(controls: Controls, release: Release, { uid, createdAtMs, action }: Sought): Worked {
  if (action === 'retry') {
    const { policy, revision } = release;
    const listed = await controls.releases({ policy });
    if (!listed.ok) return listed;
    const isIts = (each: Release): boolean => each.revision === revision && each.startedAtMs >= createdAtMs;
    return ok(listed.value.find(isIts) ?? null);
  }
  const log = await controls.log(release.id, lastLines);
  if (!log.ok) return log;
  return ok(log.value.some(({ data }) => data['order'] === uid) ? release : null);
}

/** A release does not write more while an order lives. */
const lastLines = 200;

const callerOf = ({ user, groups = [] }: OrderSpec): Caller => ({ name: user, groups });

/** A word that was left out is none. */
const present = (body: object): object =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

const ofAnother = ({ id, policy }: Release, named: string): Problem => ({
  reason: 'Invalid',
  message: `release ${id} is of policy ${policy}, not of ${named}: nothing was done`,
  retryable: false,
});
