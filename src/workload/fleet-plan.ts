/**
 * Which host is changed next, so that every revision gets the hosts that it wants: one at a time, and never the last ready one of any.
 *
 *   found, under way, or due again ──► a revision lacks a host: a free one, else the newest of an older revision ──► leftovers are removed
 */

/** A host as far as the plan needs to know it. */
export interface PlannedHost {
  readonly name: string;
  readonly revision: string | null;
  readonly ordinal: number;
  readonly stage: 'free' | 'found' | 'leaving' | 'changing' | 'done' | 'failed';
  readonly runs: { readonly revision: string } | null;
  readonly intact: boolean;
  readonly dueAtMs: number | null;
  /** In service, or about to be: the revision is there and the host's probes pass. */
  readonly ready: boolean;
  /** There is a command that takes off what it runs. */
  readonly removable: boolean;
}

export interface Want {
  readonly revision: string;
  readonly wanted: number;
  /** Names of the hosts that it may be put on. */
  readonly hosts: readonly string[];
}

export type Move =
  /** Go on with what was begun. */
  | { readonly kind: 'change'; readonly host: string }
  | { readonly kind: 'give'; readonly host: string; readonly revision: string }
  | { readonly kind: 'remove'; readonly host: string };

interface Fleet {
  readonly hosts: readonly PlannedHost[];
  /** The oldest revision first. */
  readonly wants: readonly Want[];
  readonly nowMs: number;
}

/** null: nothing is left to do, or everything waits for something. */
export function nextMove(fleet: Fleet): Move | null {
  // Before any command runs, all that may serve already were looked at.
  const begun =
    fleet.hosts.find(({ stage }) => stage === 'found') ?? fleet.hosts.find((host) => isBegun(host, fleet.nowMs));
  if (begun !== undefined) return { kind: 'change', host: begun.name };
  return gift(fleet) ?? leftover(fleet);
}

const isBegun = ({ dueAtMs, stage }: PlannedHost, nowMs: number): boolean =>
  stage === 'leaving' || stage === 'changing' || (stage === 'failed' && (dueAtMs ?? 0) <= nowMs);

const of = (hosts: readonly PlannedHost[], revision: string): readonly PlannedHost[] =>
  hosts.filter((host) => host.revision === revision);

function gift(fleet: Fleet): Move | null {
  const { hosts, wants } = fleet;
  const lacking = wants.filter(({ revision, wanted }) => of(hosts, revision).length < wanted);
  const none = lacking.filter(({ revision }) => of(hosts, revision).length === 0);
  // Who has nothing comes first; then the newest, which the others make room for.
  for (const want of [...none, ...lacking.filter((each) => !none.includes(each)).toReversed()]) {
    const host = freeFor(hosts, want) ?? takenFor(fleet, want);
    if (host !== undefined) return { kind: 'give', host: host.name, revision: want.revision };
  }
  return null;
}

/** One that runs it still needs no command; one that runs nothing has nothing to lose. */
function freeFor(hosts: readonly PlannedHost[], { hosts: allowed, revision }: Want): PlannedHost | undefined {
  const free = hosts.filter((host) => isFree(host) && allowed.includes(host.name));
  return (
    free.find(({ intact, runs }) => intact && runs?.revision === revision) ??
    free.find(({ runs }) => runs === null) ??
    free.find(({ intact }) => intact) ??
    free[0]
  );
}

/** Nobody's, also while what was left there could not be removed. */
const isFree = ({ revision, stage }: PlannedHost): boolean =>
  revision === null && (stage === 'free' || stage === 'failed');

/** From older revisions only, and not while one of its own hosts is in trouble: what goes wrong goes wrong once. */
function takenFor({ hosts, wants }: Fleet, { hosts: allowed, revision }: Want): PlannedHost | undefined {
  if (of(hosts, revision).some(({ ready }) => !ready)) return undefined;
  const older = wants.slice(
    0,
    wants.findIndex((want) => want.revision === revision),
  );
  for (const donor of older) {
    const own = of(hosts, donor.revision).toSorted((a, b) => b.ordinal - a.ordinal);
    const spare = own.find((host) => allowed.includes(host.name) && own.some((other) => other !== host && other.ready));
    if (spare !== undefined) return spare;
  }
  return undefined;
}

/** What nobody wants goes last: it is in nobody's way. */
function leftover({ hosts }: Fleet): Move | null {
  const host = hosts.find(({ removable, runs, stage }) => stage === 'free' && runs !== null && removable);
  return host === undefined ? null : { kind: 'remove', host: host.name };
}

/** Hosts that a revision gives back when it wants fewer: the newest, but never its last ready one while it wants any. */
export function surplus(
  hosts: readonly PlannedHost[],
  { revision, wanted }: Pick<Want, 'revision' | 'wanted'>,
): readonly string[] {
  const own = of(hosts, revision).toSorted((a, b) => a.ordinal - b.ordinal);
  const kept = own.slice(0, wanted);
  const excess = own.slice(wanted);
  if (wanted === 0 || kept.some(({ ready }) => ready)) return excess.map(({ name }) => name);
  const last = excess.find(({ ready }) => ready);
  return excess.filter((host) => host !== last).map(({ name }) => name);
}
