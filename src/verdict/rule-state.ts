/** Evidence of one rule, as a few plain numbers that survive a restart (JSON). Shape owned by the judge. */

export interface RuleState {
  readonly kind: 'empty';
}
