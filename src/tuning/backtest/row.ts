/** One past release in the answer: what happened then, what the old and the new rules make of it, what the difference is worth. */
import type { Counts } from '../../metrics/reading.ts';
import type { Docket, Seat } from './docket.ts';
import type { FoundRelease } from './found-release.ts';
import { isHarmful } from './harm.ts';
import type { Conviction, Finding } from './hearing.ts';
import { badBetween, sumOf, type TollPoint } from './toll.ts';
import type { TrialOutcome } from './trial.ts';

/** What a rule set would have come to. */
export type Outcome =
  | ({ readonly kind: 'rolled back' } & Conviction)
  /** Not convicted; at the end these rules still objected. */
  | { readonly kind: 'held'; readonly rules: readonly string[] }
  /** Too little was seen for a verdict of these critical rules. */
  | { readonly kind: 'undecided'; readonly rules: readonly string[] }
  | { readonly kind: 'let pass' };

/**
 * `caught`: harmful, and the new rules convict; `missed`: harmful, and they don't; `false`: convicted with nothing to show
 * for it; `unseen`: taken back then, for something that these metrics don't show; `good`: neither.
 */
export type Mark = 'caught' | 'missed' | 'false' | 'unseen' | 'good';

export interface Row extends Pick<FoundRelease, 'version' | 'stable' | 'startMs' | 'endMs' | 'ending' | 'foundBy'> {
  readonly mark: Mark;
  readonly isHarmful: boolean;
  /** Users' errors by the rule that counts them; null: no rule does. */
  readonly canary: Counts | null;
  readonly before: Counts | null;
  readonly old: Outcome;
  /** As Sluice recorded it then, not replayed. */
  readonly isOldRecorded: boolean;
  readonly new: Outcome;
  /** The new rules convict so much earlier than the old ones, or than it was taken back; negative: later. Null: not comparable. */
  readonly earlierMs: number | null;
  /** Failed requests of the canary between both times; negative: more failed. */
  readonly errorsSaved: number;
  readonly blindMs: number;
  /** The weight that was set is known at least for a part of the time, so that throughput could be judged. */
  readonly isShareKnown: boolean;
  readonly points: readonly TollPoint[];
}

export interface Replayed {
  readonly release: FoundRelease;
  readonly trial: TrialOutcome;
}

/** `recorded`: the old rules' answer is what Sluice itself recorded at that time, where it did. */
export function rowOf({ release, trial }: Replayed, docket: Docket, oldBy: 'recorded' | 'replayed'): Row {
  const [oldFinding, newFinding] = trial.findings;
  const [oldSeat, newSeat] = docket.seats;
  if (oldFinding === undefined || newFinding === undefined || oldSeat === undefined || newSeat === undefined)
    throw new RangeError('a backtest has two rule sets');
  const recorded = oldBy === 'recorded' ? recordedOutcome(release) : null;
  const old = recorded ?? outcomeOf(oldFinding, oldSeat);
  const now = outcomeOf(newFinding, newSeat);
  const harm = { byOld: isHarmfulBy(trial, oldSeat), byNew: isHarmfulBy(trial, newSeat) };
  const wasTakenBack = release.ending === 'rolled back';
  const isHarm = harm.byNew || (wasTakenBack && harm.byOld);
  const points = docket.errors === null ? undefined : tollsOf(trial).get(docket.errors);
  const { version, stable, startMs, endMs, ending, foundBy } = release;
  return {
    ...{ version, stable, startMs, endMs, ending, foundBy },
    mark: markOf(now, { isHarm, wasTakenBack }),
    isHarmful: isHarm,
    canary: points === undefined ? null : sumOf(points, 'canary'),
    before: points === undefined ? null : sumOf(points, 'stable'),
    old,
    isOldRecorded: recorded !== null,
    new: now,
    ...gainOf({ release, old, now }, (fromMs, toMs) => badBetween(points ?? [], fromMs, toMs)),
    blindMs: trial.blindMs,
    isShareKnown: release.weights.some(({ percent, told }) => percent < 100 && told !== 'seen'),
    points: points ?? [],
  };
}

const tollsOf = ({ tolls }: TrialOutcome): ReadonlyMap<string, readonly TollPoint[]> => new Map(Object.entries(tolls));

const isHarmfulBy = (trial: TrialOutcome, { rules }: Seat): boolean =>
  rules.some(({ rule, measured }) => {
    const points = rule.alert === 'critical' && !rule.dryRun ? tollsOf(trial).get(measured) : undefined;
    return points !== undefined && isHarmful(points, rule);
  });

function outcomeOf({ conviction, verdicts }: Finding, { rules }: Seat): Outcome {
  if (conviction !== null) return { kind: 'rolled back', ...conviction };
  const acting = verdicts.filter(({ advisory, alert }) => !advisory && alert !== 'info');
  const against = acting.filter(({ kind }) => kind === 'breach' || kind === 'suspect');
  if (against.length > 0) return { kind: 'held', rules: against.map(({ rule }) => rule) };
  const critical = new Set(rules.filter(({ rule }) => rule.alert === 'critical').map(({ rule }) => rule.name));
  const open = acting.filter(({ kind, rule }) => kind === 'inconclusive' && critical.has(rule));
  return open.length > 0 ? { kind: 'undecided', rules: open.map(({ rule }) => rule) } : { kind: 'let pass' };
}

function recordedOutcome({ recorded, ending }: FoundRelease): Outcome | null {
  if (recorded === null || ending === 'unknown') return null;
  const { rule, atMs } = recorded;
  if (ending !== 'rolled back' || rule === null) return { kind: 'let pass' };
  return { kind: 'rolled back', rule, atMs, message: 'as recorded at that time' };
}

function markOf(now: Outcome, was: { readonly isHarm: boolean; readonly wasTakenBack: boolean }): Mark {
  const isConvicted = now.kind === 'rolled back';
  if (was.isHarm) return isConvicted ? 'caught' : 'missed';
  if (was.wasTakenBack) return isConvicted ? 'caught' : 'unseen';
  return isConvicted ? 'false' : 'good';
}

interface Compared {
  readonly release: FoundRelease;
  readonly old: Outcome;
  readonly now: Outcome;
}

function gainOf(
  { release, old, now }: Compared,
  badBetween: (fromMs: number, toMs: number) => number,
): Pick<Row, 'earlierMs' | 'errorsSaved'> {
  // Without a conviction it went on until people or the plan ended it.
  const until = (outcome: Outcome): number => (outcome.kind === 'rolled back' ? outcome.atMs : release.endMs);
  const [oldMs, newMs] = [until(old), until(now)];
  const isComparable = now.kind === 'rolled back' && (old.kind === 'rolled back' || release.ending === 'rolled back');
  const errorsSaved = newMs <= oldMs ? badBetween(newMs, oldMs) : -badBetween(oldMs, newMs);
  return { earlierMs: isComparable ? oldMs - newMs : null, errorsSaved };
}
