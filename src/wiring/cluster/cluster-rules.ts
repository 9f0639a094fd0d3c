/** The rules of a policy in a cluster: the last set that could be read, and what is wrong with the text now. */
import { EMPTY } from 'rxjs';
import { failed, ok, type Result } from '../../lib/result.ts';
import { type ClusterPolicy, clusterRuleSet } from '../../release/policy-cluster-parse.ts';
import type { RuleSet } from '../../rules/rule.ts';
import type { RulesInForce } from '../rules-in-force.ts';

export class ClusterRules implements RulesInForce {
  readonly events$ = EMPTY;
  #text: string | null = null;
  #set: RuleSet | null = null;
  #problem: string | null = 'the rules were not read yet';

  current(): Result<RuleSet> {
    if (this.#set !== null && this.#problem === null) return ok(this.#set);
    return failed({ reason: 'RulesInvalid', message: this.#problem ?? '', retryable: this.#text === null });
  }

  lastGood(): RuleSet | null {
    return this.#set;
  }

  problem(): string | null {
    return this.#problem;
  }

  /** Reads a text that is not the one that was read last. null: what should hold it is not there. */
  async take(policy: ClusterPolicy, text: string | null): Promise<void> {
    if (text === null) {
      const where = policy.rules.kind === 'map' ? `ConfigMap ${policy.rules.map} with a key rules.yaml` : 'its rules';
      this.#text = null;
      this.#problem = `there is no ${where}: apply it`;
      return;
    }
    if (text === this.#text) return;
    const read = await clusterRuleSet(policy, text);
    this.#text = text;
    if (read.ok) this.#set = read.value;
    this.#problem = read.ok
      ? null
      : read.error.map(({ file, line, col, message }) => `${file}:${line}:${col} ${message}`).join('; ');
  }
}
