/** What people order: each command names the revision it means, and twice has the effect of once. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { answered, isOpen, noted } from './investigation.ts';
import type { Change, LogEntry } from './log.ts';
import { isForward, isOver, stepOf } from './phase.ts';
import type { Order, Orders, Release } from './release.ts';

export interface Command {
  readonly kind: CommandKind;
  /** Must be the release's own. */
  readonly revision: string;
  readonly who: string;
  readonly reason: string;
  readonly atMs: number;
  /** Step that a `promote` was meant for (-1: preparing): one that is past has its effect already. Left out: the present one. */
  readonly step?: number;
  /** Rule whose investigation is answered. Left out: all. */
  readonly rule?: string;
}

export type CommandKind =
  | 'pause'
  /** Lifts a person's pauses and a lowered ceiling, and answers all open investigations. */
  | 'resume'
  /** Answers an investigation without lifting anything else. */
  | 'answer'
  /** Somebody looks at an investigation: it is not answered by that, and has its whole time again. */
  | 'note'
  | 'promote'
  | 'promoteFull'
  | 'abort'
  /** The word for a rollback that waits for one. */
  | 'rollback';

/** Fails with `RevisionMismatch`, `ReleaseEnded`, `NothingToPromote`, `NoRollbackWaits`, `NoInvestigation`, `ReasonMissing`. Same release, no log: it had been said. */
export function command(release: Release, given: Command): Result<Change<Release>> {
  const refused = refusal(release, given);
  if (refused !== null) return failed(refused);
  const next = effects[given.kind](release, given);
  return ok(
    next === release
      ? { release, log: [] }
      : { release: withoutAnswered(next, given.kind), log: [line(given, release)] },
  );
}

/** The holds that an order answers. */
const answeredBy: Readonly<Record<CommandKind, readonly string[]>> = {
  pause: [],
  resume: ['Paused', 'WeightLowered', 'WeightOwnedByGitOps', 'InvestigationOpen'],
  answer: ['InvestigationOpen'],
  note: [],
  promote: ['AwaitingOrder', 'LimitReached'],
  promoteFull: ['AwaitingOrder', 'LimitReached'],
  abort: [
    'Paused',
    'WeightLowered',
    'WeightOwnedByGitOps',
    'InvestigationOpen',
    'AwaitingOrder',
    'LimitReached',
    'RollbackAwaitsOrder',
    'RollbackForbidden',
    'SupersedeForbidden',
  ],
  rollback: ['RollbackAwaitsOrder', 'RollbackForbidden', 'SupersedeForbidden'],
};

/** What was answered is waited for no more: whoever looks before the next pass must not be asked again. */
const withoutAnswered = (release: Release, kind: CommandKind): Release =>
  release.waiting !== null && answeredBy[kind].includes(release.waiting.reason)
    ? { ...release, waiting: null }
    : release;

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: false });

function refusal(release: Release, given: Command): Problem | null {
  const { id, phase, revision } = release;
  if (given.revision !== revision) {
    return problem(
      'RevisionMismatch',
      `${id} delivers ${revision}, not ${given.revision}: look at it again before you ${verbs[given.kind]}`,
    );
  }
  if (isOver(release))
    return problem(
      'ReleaseEnded',
      `${id} has ended (${phase.phase}): there is nothing to ${verbs[given.kind]}; retry makes a new release`,
    );
  return refusals[given.kind]?.(release, given) ?? null;
}

const verbs: Readonly<Record<CommandKind, string>> = {
  pause: 'pause',
  resume: 'resume',
  answer: 'answer',
  note: 'note',
  promote: 'promote',
  promoteFull: 'promote',
  abort: 'abort',
  rollback: 'roll back',
};

const nothingToPromote = (release: Release): Problem | null =>
  isForward(release)
    ? null
    : problem('NothingToPromote', `${release.id} is ${release.phase.phase}: its weight does not rise any more`);

const nothingAsked = ({ id, investigations }: Release, { rule }: Command): Problem | null =>
  investigations.some((each) => rule === undefined || each.rule === rule)
    ? null
    : problem(
        'NoInvestigation',
        `${id} has no investigation${rule === undefined ? '' : ` of ${rule}`}: there is nothing to answer`,
      );

const allAnswered = ({ id }: Release): Problem =>
  problem('NoInvestigation', `every investigation of ${id} is answered: there is nothing to look at any more`);

const refusals: Partial<Readonly<Record<CommandKind, (release: Release, given: Command) => Problem | null>>> = {
  promote: nothingToPromote,
  promoteFull: (release, { reason }) =>
    nothingToPromote(release) ??
    (reason.trim() === ''
      ? problem('ReasonMissing', 'promote --full needs a reason: it is recorded beside every step it skips')
      : null),
  rollback: ({ id, latch, phase }) =>
    latch === null && phase.phase !== 'rollingBack'
      ? problem('NoRollbackWaits', `no rollback of ${id} waits for a word; abort takes it back`)
      : null,
  answer: nothingAsked,
  note: (release, given) =>
    nothingAsked(release, given) ?? (release.investigations.some(isOpen) ? null : allAnswered(release)),
};

const effects: Readonly<Record<CommandKind, (release: Release, given: Command) => Release>> = {
  pause: (release, { who, reason, atMs }) =>
    release.pauses.some(({ by }) => by === 'person')
      ? release
      : { ...release, pauses: [...release.pauses, { by: 'person', who, reason, sinceMs: atMs }] },
  resume: (release, given) => {
    const held = release.pauses.some(({ by }) => by !== 'blind') || release.weight.ceiling !== null;
    const resumed = answers(release, given);
    if (!held) return resumed;
    return {
      ...resumed,
      pauses: release.pauses.filter(({ by }) => by === 'blind'),
      weight: { ...release.weight, ceiling: null },
    };
  },
  answer: (release, given) => answers(release, given),
  note: (release, given) => {
    const { atMs, reason, rule, who } = given;
    return noted(release, { who, note: reason, atMs }, rule ?? null);
  },
  promote: (release, given) =>
    given.step !== undefined && given.step !== stepOf(release.phase) ? release : ordered(release, 'promote', given),
  promoteFull: (release, given) => ordered(release, 'promoteFull', given),
  abort: (release, given) => (release.phase.phase === 'rollingBack' ? release : ordered(release, 'abort', given)),
  rollback: (release, given) => (release.phase.phase === 'rollingBack' ? release : ordered(release, 'rollback', given)),
};

function answers(release: Release, { who, reason, atMs, rule }: Command): Release {
  if (!release.investigations.some((each) => isOpen(each) && (rule === undefined || each.rule === rule)))
    return release;
  return answered(release, { who, note: reason, atMs }, rule ?? null);
}

/** An order that stands is not given twice; a promote of an earlier step does not stand any more. */
function ordered(release: Release, kind: keyof Orders, { who, reason, atMs }: Command): Release {
  const step = stepOf(release.phase) ?? release.plan.steps.length;
  const standing = release.orders[kind];
  if (standing !== null && (kind !== 'promote' || standing.step === step)) return release;
  const order: Order = { who, reason, atMs, step };
  return { ...release, orders: { ...release.orders, [kind]: order } };
}

const line = ({ kind, who, reason, atMs }: Command, { phase, weight }: Release): LogEntry => ({
  atMs,
  kind: 'action',
  reason: said[kind],
  message: `${who}: ${verbs[kind]}${reason === '' ? '' : `, "${reason}"`}`,
  data: { who, reason, phase: phase.phase, weight: weight.desired },
});

const said: Readonly<Record<CommandKind, string>> = {
  pause: 'Paused',
  resume: 'Resumed',
  answer: 'InvestigationAnswered',
  note: 'InvestigationNoted',
  promote: 'PromoteOrdered',
  promoteFull: 'PromoteFullOrdered',
  abort: 'AbortOrdered',
  rollback: 'RollbackApproved',
};
