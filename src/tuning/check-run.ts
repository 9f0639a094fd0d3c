/** What a scenario expected against what came: every difference, by virtual time and with the scenario's own line. */
import type { Position } from '../lib/config-file/line-map.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Frame, Outcome, Run } from './run.ts';
import type { Expectation, ExpectedOutcome, ExpectedVerdict, Scenario } from './scenario.ts';

export interface Mismatch {
  readonly at: Position;
  /** `12m15s`, `by 6m`, `end`. */
  readonly when: string;
  readonly want: string;
  readonly got: string;
}

/** `12m15s want hold (EvidenceRising) got advance (StepPassed)`. */
export const mismatchText = ({ when, want, got }: Mismatch): string => `${when} want ${want} got ${got}`;

/** In the order of the file; empty: all as expected. */
export const checkRun = (scenario: Scenario, run: Run): readonly Mismatch[] => [
  ...scenario.expected.flatMap((expected) => checkOne(expected, run.frames)),
  ...(scenario.outcome === null ? [] : checkOutcome(scenario.outcome, run)),
];

function checkOne(expected: Expectation, frames: readonly Frame[]): readonly Mismatch[] {
  const { when } = expected;
  switch (when.kind) {
    case 'at': {
      const frame = frames.findLast(({ atMs }) => atMs <= when.atMs);
      return frame === undefined ? [] : told(expected, formatDuration(when.atMs), differences(expected, frame));
    }
    case 'by':
      return checkBy(expected, when.byMs, frames);
    case 'throughout': {
      const between = frames.filter(({ atMs }) => atMs >= when.fromMs && atMs <= when.toMs);
      const checked = between.length > 0 ? between : frames.slice(-1);
      const wrong = checked.find((frame) => differences(expected, frame).length > 0);
      if (wrong === undefined) return [];
      const span = ` from ${formatDuration(when.fromMs)} to ${formatDuration(when.toMs)}`;
      const found = differences(expected, wrong).map(({ want, got }) => ({ want: want + span, got }));
      return told(expected, formatDuration(wrong.atMs), found);
    }
  }
}

function checkBy(expected: Expectation, byMs: number, frames: readonly Frame[]): readonly Mismatch[] {
  const first = frames.find((frame) => differences(expected, frame).length === 0);
  if (first !== undefined && first.atMs <= byMs) return [];
  const last = frames.findLast(({ atMs }) => atMs <= byMs);
  if (last === undefined) return [];
  const later = first === undefined ? '' : `, and that only at ${formatDuration(first.atMs)}`;
  const found = differences(expected, last).map(({ want, got }) => ({ want, got: got + later }));
  return told(expected, `by ${formatDuration(byMs)}`, found);
}

interface Difference {
  readonly want: string;
  readonly got: string;
}

const told = ({ at }: Expectation, when: string, found: readonly Difference[]): readonly Mismatch[] =>
  found.map(({ want, got }) => ({ at, when, want, got }));

const differences = (expected: Expectation, frame: Frame): readonly Difference[] => [
  ...decisionDifference(expected, frame),
  ...(expected.phase === null || expected.phase === frame.phase
    ? []
    : [{ want: `phase ${expected.phase}`, got: frame.phase }]),
  ...(expected.weight === null || expected.weight === frame.weight
    ? []
    : [{ want: `weight ${expected.weight}`, got: String(frame.weight) }]),
  ...expected.verdicts.flatMap((verdict) => verdictDifference(verdict, frame)),
];

function decisionDifference({ decision, reason, rule }: Expectation, frame: Frame): readonly Difference[] {
  const found = frame.decision;
  const same =
    (decision === null || decision === found?.kind) &&
    (reason === null || reason === found?.reason) &&
    (rule === null || rule === found?.rule);
  if (same) return [];
  const got = found === null ? `nothing, it is ${frame.phase}` : because(found.kind, [found.reason, found.rule]);
  return [{ want: because(decision ?? 'a decision', [reason, rule]), got }];
}

function verdictDifference({ kind, reason, rule }: ExpectedVerdict, { verdicts }: Frame): readonly Difference[] {
  const found = verdicts.find((each) => each.rule === rule);
  if (found?.kind === kind && (reason === null || reason === found.reason)) return [];
  const got = found === undefined ? 'no verdict' : because(found.kind, [found.reason]);
  return [{ want: `${rule} ${because(kind, [reason])}`, got }];
}

/** `hold (EvidenceRising, error_rate)`; what was not asked for is left out. */
const because = (what: string, why: readonly (string | null)[]): string => {
  const named = why.filter((each) => each !== null);
  return named.length === 0 ? what : `${what} (${named.join(', ')})`;
};

function checkOutcome(expected: ExpectedOutcome, { frames, outcome }: Run): readonly Mismatch[] {
  const { at, byMs, is, reason, rule } = expected;
  // What is still there after its watch was promoted before it.
  const same = is === outcome.is || (is === 'promoted' && outcome.is === 'succeeded');
  const right = same && (reason === null || reason === outcome.reason) && (rule === null || rule === outcome.rule);
  if (right && (byMs === null || outcome.atMs <= byMs)) return [];
  const late = byMs === null ? '' : ` by ${formatDuration(byMs)}`;
  const when = `end (${formatDuration(frames.at(-1)?.atMs ?? 0)})`;
  return [{ at, when, want: because(is, [reason, rule]) + late, got: outcomeText(outcome) }];
}

/** `rolledBack (Breach, error_rate) at 6m30s`. */
export const outcomeText = ({ atMs, is, reason, rule }: Outcome): string =>
  `${because(is, [reason, rule])} at ${formatDuration(atMs)}`;
