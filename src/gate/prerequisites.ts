/** The gates before a release's first traffic, looked at anew with each pass until it comes: what each sees, and what to do about it. */
import type { BackupAnswer } from '../backup/snapshots.ts';
import { resultOf, valuesText } from '../release/attest.ts';
import type { Attestation } from '../release/attestation.ts';
import { holds } from '../release/comparison.ts';
import type { Gate, GateDemand, GateOutcome, Requirement } from '../release/gate-demand.ts';
import type { Change, LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import { isAmong } from '../release/who-may.ts';
import { moment } from '../verdict/words.ts';
import { backupAgeSeen, rollbackPointSeen } from './backup-seen.ts';
import type { InstanceFacts } from './facts.ts';
import { type ContainerImage, imageSeen } from './image-seen.ts';
import { monitoringSeen, stableSeen } from './prerequisites-seen.ts';

/** What is known beside the release itself. */
export interface Surroundings {
  readonly nowMs: number;
  /** Results that were posted under the release's policy. */
  readonly attested: readonly Attestation[];
  readonly stable: InstanceFacts;
  /** What the revision's containers run; left out or null: it has no images, or they are not known. */
  readonly images?: readonly ContainerImage[] | null;
  /** Left out or null: nothing is backed up here. */
  readonly backup?: BackupAnswer | null;
}

/** Once traffic has come, the gates stay as they were passed. */
export function lookAtGates(release: Release, around: Surroundings): Change<Release> {
  if (release.phase.phase !== 'preparing' || release.gates.length === 0) return { release, log: [] };
  const log: LogEntry[] = [];
  const gates = release.gates.map((gate) => {
    const seen = outcomeOf(gate.demand, release, around);
    if (seen.state === gate.seen.state && gate.sinceMs !== null) return { ...gate, seen };
    const changed = { ...gate, seen, sinceMs: around.nowMs };
    if (isTooOften(gate, around.nowMs)) return changed;
    log.push(line(gate, seen, around.nowMs));
    return { ...changed, told: { times: (gate.told?.times ?? 0) + 1, atMs: around.nowMs } };
  });
  const rollbackPoint = release.rollbackPoint ?? around.backup?.point ?? null;
  return { release: { ...release, gates, rollbackPoint }, log };
}

/** One that goes to and fro would fill the log: after a few changes one line a minute is enough. */
const isTooOften = ({ told }: Gate, nowMs: number): boolean =>
  told !== undefined && told.times >= 6 && nowMs - told.atMs < 60_000;

const reasons = { waiting: 'GateWaits', passed: 'GatePassed', failed: 'GateFailed' } as const;

const line = ({ demand: { kind, name } }: Gate, { evidence, state, who }: GateOutcome, atMs: number): LogEntry => ({
  atMs,
  kind: 'event',
  reason: reasons[state],
  message: `gate ${name}: ${evidence}`,
  data: { gate: name, gateKind: kind, who },
});

function outcomeOf(demand: GateDemand, release: Release, around: Surroundings): GateOutcome {
  switch (demand.kind) {
    case 'attested':
      return attestedOutcome(demand, release, around);
    case 'stable':
      return stableSeen(release, around.stable);
    case 'monitoring':
      return monitoringSeen(demand, release);
    case 'image':
      return imageSeen(demand, release, around);
    case 'backup':
      return backupAgeSeen(demand, release, { answer: around.backup ?? null, nowMs: around.nowMs });
    case 'rollbackPoint':
      return rollbackPointSeen(release, around.backup ?? null, around.nowMs);
    case 'onCall':
      return demand.contacts.length > 0
        ? { state: 'passed', evidence: `${demand.contacts.join(', ')} can be called`, todo: '', who: null }
        : {
            state: 'failed',
            evidence: 'nobody can be called',
            todo: 'name somebody under contacts.primary',
            who: null,
          };
  }
}

type AttestedDemand = Extract<GateDemand, { readonly kind: 'attested' }>;

function attestedOutcome({ by, name, require }: AttestedDemand, release: Release, around: Surroundings): GateOutcome {
  const { policy, revision } = release;
  const given = resultOf(around.attested, name, revision);
  const post = `post one with \`sluice attest ${policy} ${name} --revision ${revision} --pass\``;
  if (given === null)
    return { state: 'waiting', evidence: `no result ${name} was posted for ${revision}`, todo: post, who: null };
  const { atMs, outcome, reason, who } = given;
  if (by.length > 0 && !isAmong(by, given)) {
    const evidence = `the result was posted by ${who}, and counts from ${by.join(' or ')} only`;
    return { state: 'waiting', evidence, todo: `${post}, with a token of ${by.join(' or ')}`, who };
  }
  const said = [valuesText(given), reason].filter((part) => part !== '').join('; ');
  const short = require.flatMap((each) => shortfall(each, given));
  const what = outcome === 'fail' ? ['it says fail', ...short] : short;
  const at = `posted by ${who} at ${moment(atMs)}${said === '' ? '' : `: ${said}`}`;
  return what.length === 0
    ? { state: 'passed', evidence: `pass, ${at}`, todo: '', who }
    : { state: 'failed', evidence: `${what.join(', ')}; ${at}`, todo: `mend it and ${post}`, who };
}

/** What a result lacks of a requirement, in words. */
function shortfall({ comparison, limit, value }: Requirement, { values }: Attestation): readonly string[] {
  const given = values[value];
  if (given === undefined) return [`${value} is missing`];
  return holds(comparison, given, limit) ? [] : [`${value} ${given} is not ${comparison} ${limit}`];
}
