/** The rule sets of a backtest, and what has to be measured for all of them together: the same measure once. */
import { isCounting } from '../../metrics/counted.ts';
import type { Rule, RuleSet } from '../../rules/rule.ts';
import type { JudgeSettings } from '../../verdict/settings.ts';

/** One rule set with its judge. */
export interface Seat {
  readonly rules: readonly { readonly rule: Rule; readonly measured: string }[];
  readonly settings: JudgeSettings;
}

export interface Docket {
  readonly seats: readonly Seat[];
  /** What is measured, each under a name of its own. */
  readonly measured: readonly Rule[];
  /** Measure of failed requests, by which users' errors are counted; null: no rule counts any. */
  readonly errors: string | null;
  /** Measures that decide; without any of them nothing is seen. */
  readonly watched: readonly string[];
}

export interface JudgedBy {
  readonly rules: RuleSet;
  readonly judge: Omit<JudgeSettings, 'rules'>;
}

const isCounted = ({ sli }: Rule): boolean => isCounting(sli);

/** The last set's rules come first where one has to be chosen: it is the one that is tried. */
export function docketOf(sets: readonly JudgedBy[]): Docket {
  const measured = new Map<string, Rule>();
  const seats = sets.map(({ rules: { rules }, judge }): Seat => {
    const own = rules.map((rule) => {
      const key = JSON.stringify([rule.sli, rule.threshold, rule.compare, rule.route]);
      const known = measured.get(key) ?? { ...rule, name: `${rule.name}#${measured.size}` };
      measured.set(key, known);
      return { rule, measured: known.name };
    });
    return { rules: own, settings: { ...judge, rules: rules.length } };
  });
  const all = seats.toReversed().flatMap(({ rules }) => rules);
  const counted = all.filter(({ rule }) => isCounted(rule));
  const critical = counted.filter(({ rule }) => rule.alert === 'critical');
  const ratios = [...critical, ...counted].filter(({ rule }) => rule.sli.kind === 'ratio');
  return {
    seats,
    measured: [...measured.values()],
    errors: ratios[0]?.measured ?? null,
    watched: [...new Set((critical.length > 0 ? critical : counted).map((each) => each.measured))],
  };
}
