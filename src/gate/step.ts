/** Applies a decision to a release: phase, desired weight, latch, and the log of what changed. */
import { investigate } from '../release/investigation.ts';
import type { Change, LogData, LogEntry } from '../release/log.ts';
import type { Cause, Release } from '../release/release.ts';
import { type Event, transition } from '../release/transition.ts';
import type { Decision, Finding, Hold, Rise, Rollback } from './decision.ts';
import type { Facts } from './facts.ts';
import { promiseOf } from './false-alarm.ts';

/** `facts`: those that were decided on. Only the desired state changes; the same hold again is no change and not logged. */
export function step(facts: Facts, decision: Decision): Change<Release> {
  const asked = investigate(facts.release, facts.verdicts, facts.nowMs);
  const stepped = apply({ ...facts, release: asked.release }, decision);
  return { release: stepped.release, log: [...asked.log, ...stepped.log] };
}

function apply(facts: Facts, decision: Decision): Change<Release> {
  switch (decision.kind) {
    case 'hold':
      return held(facts, decision);
    case 'advance':
      return risen(facts, decision);
    case 'promote':
      return entered(facts, decision, { kind: 'promote' });
    case 'rollback': {
      const cause = facts.release.latch ?? causeOf(decision, facts);
      const { release, log } = entered(facts, promising(facts.release, decision), { kind: 'rollback', cause });
      return { release: { ...release, latch: cause, weight: { ...release.weight, desired: 0 } }, log };
    }
  }
}

/** The line that everybody reads says how sure it is. */
function promising(release: Release, decision: Rollback): Rollback {
  const promise = promiseOf(release, decision);
  return promise === null ? decision : { ...decision, message: `${decision.message.replace(/\.$/, '')} (${promise}).` };
}

function held(facts: Facts, decision: Hold): Change<Release> {
  const { release } = facts;
  const latch = release.latch ?? (decision.latch === null ? null : causeOf(decision.latch, facts));
  const before = release.waiting;
  const same = before?.reason === decision.reason && before.rule === decision.rule;
  const waiting = { ...causeOf(decision, facts), atMs: same ? before.atMs : facts.nowMs };
  return { release: { ...release, latch, waiting }, log: same ? [] : [line(facts, decision)] };
}

function risen(facts: Facts, decision: Rise): Change<Release> {
  const { release, log } = entered(facts, decision, { kind: 'advance' });
  const weight = 'step' in release.phase ? release.plan.steps[release.phase.step]?.weight : undefined;
  if (weight === undefined || release === facts.release) return { release, log };
  return {
    release: { ...release, weight: { ...release.weight, desired: weight }, sight: { ...release.sight, oweMs: 0 } },
    log,
  };
}

/** A decision that the present phase has no place for changes nothing. */
function entered(facts: Facts, decision: Decision, event: Event): Change<Release> {
  const phase = transition(facts.release, event);
  if (phase === null) return { release: facts.release, log: [] };
  return { release: { ...facts.release, phase, waiting: null }, log: [line(facts, decision)] };
}

const causeOf = ({ message, reason, rule }: Finding, facts: Facts): Cause => ({
  reason,
  message,
  rule,
  atMs: facts.nowMs,
  data: numbers(facts, rule),
});

const line = (facts: Facts, { kind, message, reason, rule }: Decision): LogEntry => ({
  atMs: facts.nowMs,
  kind: 'decision',
  reason,
  message,
  data: { decision: kind, ...numbers(facts, rule) },
});

/** What the decision rests on, for whoever reads the log later. */
function numbers({ release, verdicts }: Facts, rule: string | null): LogData {
  const { desired, applied, observedPercent } = release.weight;
  const weights = { phase: release.phase.phase, desired, applied, observedPercent };
  const verdict = verdicts.find((each) => each.rule === rule);
  if (verdict === undefined) return { ...weights, rule };
  const { alert, canary, events, kind, limit, stable } = verdict;
  return { ...weights, rule, alert, verdict: kind, canary, stable, limit, events };
}
