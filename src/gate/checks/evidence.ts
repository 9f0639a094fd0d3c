/** Checks of what the metrics say: sight, doubt, and the pass that every critical rule must have. */
import { promoteOrder } from '../../release/bake.ts';
import { isAnswered } from '../../release/investigation.ts';
import type { Release } from '../../release/release.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { moment, span } from '../../verdict/words.ts';
import { type Hold, hold } from '../decision.ts';
import type { CheckFact, Facts } from '../facts.ts';

/** S1: a person's recorded order with a reason goes on without a pass. Never over a breach. */
const isOrderedOn = (release: Release): boolean => (promoteOrder(release)?.reason.trim() ?? '') !== '';

/** The metrics do not answer. */
export function blind({ release }: Facts): Hold | null {
  const { plan, sight } = release;
  if (sight.blindSinceMs === null || isOrderedOn(release)) return null;
  const since = `The metrics do not answer since ${moment(sight.blindSinceMs)}`;
  return hold(
    'MetricsBlind',
    `${since} (${span(Math.max(1, sight.blindMs))}): that time is no bake, and nothing is decided by silence. It goes on by itself; blindMax is ${span(plan.blindMaxMs)}.`,
  );
}

/** A rule that is, or may be, outside: too little to take it back, too much to go on. */
export function suspected({ release, verdicts }: Facts): Hold | null {
  const doubt = verdicts.find((verdict) => isDoubtful(verdict) && !isSettled(release, verdict));
  return doubt === undefined ? null : hold(doubt.reason, `${doubt.message}.${wayOut(release, doubt)}`, doubt.rule);
}

/** Looking at it is not enough where a critical rule may be outside: whoever answered for it must not wait for nothing. */
const wayOut = (release: Release, { alert, kind, rule }: Verdict): string =>
  alert === 'critical' && kind === 'suspect' && isAnswered(release, rule)
    ? ' It was looked at; a critical rule is passed over by a promote with a reason only, abort takes it back.'
    : '';

const isDoubtful = ({ advisory, alert, kind }: Verdict): boolean =>
  !advisory && alert !== 'info' && (kind === 'suspect' || kind === 'breach');

/** A person has answered for a warning, or ordered it on; neither goes over a critical breach. */
function isSettled(release: Release, { alert, kind, rule }: Verdict): boolean {
  if (alert === 'warning' && isAnswered(release, rule)) return true;
  return kind !== 'breach' && isOrderedOn(release);
}

/** S1: a pass on every critical rule, for what this step has shown. Before the first traffic there is nothing to prove. */
export function unproven(facts: Facts): Hold | null {
  const { release, verdicts } = facts;
  if (release.rules.rules.length === 0)
    return hold('NoRules', 'No rule says what healthy means: nothing rises. Give it rules, and start it again.');
  if (release.phase.phase !== 'baking' || isOrderedOn(release)) return null;
  for (const { alert, dryRun, name } of release.rules.rules) {
    if (alert !== 'critical' || dryRun) continue;
    const verdict = verdicts.find(({ rule }) => rule === name);
    if (verdict === undefined) return hold('NoVerdict', `${name} was not judged yet.`, name);
    if (verdict.kind === 'pass' || goesByChecks(facts, verdict)) continue;
    return hold(
      verdict.reason,
      `${verdict.message}. The step goes on until it passes, somebody promotes, or the limit is reached.`,
      name,
    );
  }
  return null;
}

/** Too little traffic to judge, as was said at the start: readiness, no restarts and every check count instead. Silence is something else. */
function goesByChecks({ canary, release }: Facts, { reason, rule }: Verdict): boolean {
  const { phase, plan, unjudgeable } = release;
  if ((reason !== 'TooFewEvents' && reason !== 'BakeNotEnded') || plan.whenUnjudgeable !== 'checks') return false;
  const classed = 'step' in phase && unjudgeable.some((each) => each.rule === rule && each.step === phase.step);
  return classed && canary.known && canary.enough && canary.restarts === 0;
}

/** Health checks and hooks that the step needs besides the rules. */
export function checksPending({ checks }: Facts): Hold | null {
  const needed = checks.filter(({ onFail, state }) => onFail !== 'record' && state !== 'passed');
  const open = needed.find(({ state }) => state === 'failed') ?? needed[0];
  return open === undefined ? null : hold(open.state === 'failed' ? 'CheckFailed' : 'CheckPending', sentence(open));
}

const sentence = ({ message, name, state }: CheckFact): string =>
  state === 'failed'
    ? `Check ${name} failed: ${message}. It is asked again; override it with a reason, or abort.`
    : `Check ${name} has not passed yet: ${message}.`;
