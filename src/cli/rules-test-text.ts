/** Tested scenarios for people and for programs. */
import { formatDuration } from '../lib/duration.ts';
import type { LogEntry } from '../release/log.ts';
import { mismatchText, outcomeText } from '../tuning/check-run.ts';
import { startMs } from '../tuning/run.ts';
import type { Tested } from './rules-test-files.ts';

/** `rules.test.yaml:14:9 late onset: 12m15s want hold (EvidenceRising) got advance (StepPassed)`. */
export const failureLines = ({ mismatches, scenario }: Tested): readonly string[] =>
  mismatches.map((each) => `${scenario.file}:${each.at.line}:${each.at.col} ${scenario.name}: ${mismatchText(each)}`);

export const isGood = ({ mismatches }: Tested): boolean => mismatches.length === 0;

/** A line a scenario, below it what was not as expected, and with `log` what was decided when. */
export const testedLines = (tested: Tested, log: 'log' | 'no log'): readonly string[] => [
  `${isGood(tested) ? 'ok  ' : 'FAIL'}  ${tested.scenario.name}: ${outcomeText(tested.run.outcome)}`,
  ...failureLines(tested).map((line) => `      ${line}`),
  ...(log === 'log' ? tested.run.log.map((entry) => `      ${logLine(entry)}`) : []),
];

const logLine = ({ atMs, data, kind, message, reason }: LogEntry): string => {
  const what = typeof data['decision'] === 'string' ? data['decision'] : kind;
  return `${formatDuration(atMs - startMs).padStart(9)}  ${what.padEnd(8)}  ${reason}: ${message}`;
};

export const totalLine = (all: readonly Tested[], tookMs: number): string => {
  const failures = all.filter((each) => !isGood(each)).length;
  const count = `${all.length} scenario${all.length === 1 ? '' : 's'}`;
  const verdict = failures === 0 ? 'all as expected' : `${failures} not as expected`;
  return `${count}: ${verdict} (${(tookMs / 1_000).toFixed(2)} s)`;
};

export const testedValue = (all: readonly Tested[], log: 'log' | 'no log'): object => ({
  passed: all.filter(isGood).length,
  failed: all.filter((each) => !isGood(each)).length,
  scenarios: all.map((each) => ({
    file: each.scenario.file,
    line: each.scenario.at.line,
    name: each.scenario.name,
    ok: isGood(each),
    outcome: each.run.outcome,
    mismatches: each.mismatches.map(({ at, ...mismatch }) => ({ ...at, ...mismatch })),
    ...(log === 'log' && { log: each.run.log.map((entry) => ({ ...entry, atMs: entry.atMs - startMs })) }),
  })),
});
