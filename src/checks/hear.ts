/** Folds what was heard into a release: the state of each check, and a line for each change of it. */
import type { CheckRun, ReleaseCheck } from '../release/check-demand.ts';
import type { Change, LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import type { Answered } from './checks.ts';
import type { Due } from './questions.ts';

/** What is kept of a sentence: records are bounded. */
const longestMessage = 300;

/** Runs that are kept of one check: a plan has fewer steps. */
const mostRuns = 30;

export interface Hearing {
  readonly nowMs: number;
  readonly due: readonly Due[];
  readonly answers: readonly Answered[];
}

/** `due`: what was asked for this look; an answer to anything else is late, and says nothing. */
export function hearChecks(release: Release, { answers, due, nowMs }: Hearing): Change<Release> {
  if (due.length === 0) return { release, log: [] };
  const log: LogEntry[] = [];
  const checks = due.reduce((all, each) => {
    const answer = answers.find(({ id }) => id === each.question.id) ?? null;
    const before = each.run;
    const run = heard(each, answer, nowMs);
    if (run === before) return all;
    const line = lineOf(each, before, run);
    if (line !== null) log.push({ ...line, atMs: nowMs });
    return all.map((check) => (check.demand.name === each.check.demand.name ? withRun(check, run) : check));
  }, release.checks);
  return checks === release.checks ? { release, log } : { release: { ...release, checks }, log };
}

const withRun = (check: ReleaseCheck, run: CheckRun): ReleaseCheck => ({
  ...check,
  runs: [...check.runs.filter(({ place }) => place !== run.place), run].slice(-mostRuns),
});

function heard({ attempt, check, place, run }: Due, answer: Answered | null, nowMs: number): CheckRun {
  const before = run ?? begun(place.key, nowMs);
  const asked = before.attempt === attempt ? before : { ...before, attempt, askedAtMs: nowMs, answeredAtMs: null };
  if (answer === null) return asked;
  const failedInARow = answer.outcome === 'failed' ? before.failedInARow + 1 : 0;
  // A bad answer among good ones does not end them at once, nor does it make pass what never passed.
  const state = failedInARow === 0 || failedInARow >= check.demand.failures ? answer.outcome : before.state;
  return {
    ...asked,
    state,
    message: answer.message.slice(0, longestMessage),
    sinceMs: state === before.state ? before.sinceMs : nowMs,
    answeredAtMs: nowMs,
    tookMs: answer.tookMs === null ? null : Math.round(answer.tookMs),
    failedInARow,
  };
}

const begun = (place: string, nowMs: number): CheckRun => ({
  place,
  attempt: 1,
  state: 'pending',
  message: 'was asked, and has not answered yet',
  sinceMs: nowMs,
  askedAtMs: nowMs,
  answeredAtMs: null,
  tookMs: null,
  failedInARow: 0,
  override: null,
});

const reasons = { pending: 'CheckSilent', passed: 'CheckPassed', failed: 'CheckFailed' } as const;

/** null: its state is what it was; nothing that anybody must read. */
function lineOf(
  { check: { demand }, place }: Due,
  before: CheckRun | null,
  run: CheckRun,
): Omit<LogEntry, 'atMs'> | null {
  if (run.state === (before?.state ?? 'pending')) return null;
  const data = {
    check: demand.name,
    checkKind: demand.kind,
    stage: place.stage,
    attempt: run.attempt,
    tookMs: run.tookMs,
  };
  const message = `check ${demand.name} (${place.stage}): ${run.message}`;
  return { kind: 'event', reason: reasons[run.state], message, data };
}
