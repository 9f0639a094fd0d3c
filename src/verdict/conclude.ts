/** Closes a case: the verdict in words, and a conviction kept for the release. */
import type { Case } from './case.ts';
import type { RuleState } from './rule-state.ts';
import type { Verdict } from './verdict.ts';
import { type Told, verdictOf } from './verdict-of.ts';

export interface Judged {
  readonly state: RuleState;
  readonly verdict: Verdict;
}

export const conclude = (given: Case, told: Told): Judged => {
  const verdict = verdictOf(given, told);
  const state = verdict.kind === 'breach' && stays(given, told) ? { ...given.state, convicted: verdict } : given.state;
  return { state, verdict };
};

/** A warning is answered by a person; one about a level may be over by then, and may come again. */
const stays = ({ rule }: Case, { measure }: Told): boolean =>
  rule.alert === 'critical' || (measure.kind !== 'level' && rule.judge !== 'point');
