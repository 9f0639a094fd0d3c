/** The rules that the next release of a policy is judged by: the last good set of its file, and what is wrong with the file now. */
import { EMPTY, type Observable, tap } from 'rxjs';
import type { FileError } from '../lib/config-file/file-error.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Policy } from '../release/policy.ts';
import { rulesOptions } from '../release/policy-rules.ts';
import { type RulesFileEvent, watchRules } from '../rules/file.ts';
import type { RuleSet } from '../rules/rule.ts';

export interface RulesInForce {
  /** To be subscribed to for as long as the policy is served: every set that was loaded, every content that was refused. */
  readonly events$: Observable<RulesFileEvent>;
  /** Fails with `RulesInvalid` while the file is broken: what runs keeps its set, nothing new starts on a broken one. */
  current(): Result<RuleSet>;
  /** Whatever the file says now; null: it was never good since this started. */
  lastGood(): RuleSet | null;
  /** What is wrong with the file now; null: nothing. */
  problem(): string | null;
}

export function rulesInForce(policy: Policy): RulesInForce {
  const { rules } = policy;
  if (rules.kind === 'inline')
    return { events$: EMPTY, current: () => ok(rules.set), lastGood: () => rules.set, problem: () => null };
  const file = rules.path;
  let last: RulesFileEvent | null = null;
  const problem = (): string | null => {
    if (last === null) return `${file} was not read yet`;
    return last.kind === 'loaded' ? null : `${file} is broken, no release starts on it: ${listed(last.errors)}`;
  };
  return {
    events$: watchRules(rulesOptions(policy, rules)).pipe(tap((event) => (last = event))),
    current: () =>
      last?.kind === 'loaded'
        ? ok(last.set)
        : failed({ reason: 'RulesInvalid', message: problem() ?? '', retryable: last === null }),
    lastGood: () => (last?.kind === 'loaded' ? last.set : (last?.lastGood ?? null)),
    problem,
  };
}

const listed = (errors: readonly FileError[]): string =>
  errors.map(({ line, col, message }) => `${line}:${col} ${message}`).join('; ');
