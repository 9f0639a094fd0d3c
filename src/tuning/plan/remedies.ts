/** What would make a step judgeable: a longer bake, more weight, or a wider threshold, each alone. */
import type { Rule } from '../../rules/rule.ts';
import { planStep, type StepPlan, type Traffic } from '../../verdict/planning.ts';
import type { JudgeSettings } from '../../verdict/settings.ts';

export interface Remedies {
  /** null: that alone does not help (within a day; up to 100 %; up to 100 times the limit). */
  readonly bakeMs: number | null;
  readonly weight: number | null;
  /** Fraction; only for limits of a fraction: a latency's is a bucket bound. */
  readonly threshold: number | null;
}

const longestBakeMs = 24 * 3_600_000;

export function remediesFor(
  rule: Rule,
  settings: JudgeSettings,
  given: { readonly step: StepPlan; readonly traffic: Traffic },
): Remedies {
  const works = (changed: Rule, change: Partial<StepPlan>): boolean =>
    planStep(changed, settings, { step: { ...given.step, ...change }, traffic: given.traffic })?.judgeability ===
    'judgeable';
  const bakesMs = wholeMinutes(given.step.bakeMs);
  const weights = Array.from({ length: 100 - given.step.weight }, (_, more) => given.step.weight + more + 1);
  const limits = rule.threshold.kind === 'ratio-above' && rule.sli.kind === 'ratio' ? wider(rule.threshold.ratio) : [];
  return {
    bakeMs: firstThat(bakesMs, (bakeMs) => works(rule, { bakeMs })),
    weight: firstThat(weights, (weight) => works(rule, { weight })),
    threshold: firstThat(limits, (ratio) => works(withLimit(rule, ratio), {})),
  };
}

/** Steps of a tenth, to whole minutes. */
function wholeMinutes(fromMs: number): readonly number[] {
  const found: number[] = [];
  for (let ms = fromMs; ms <= longestBakeMs; ms *= 1.1) found.push(Math.ceil(ms / 60_000) * 60_000);
  return found;
}

/** Limits that people write. */
const wider = (ratio: number): readonly number[] =>
  [1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 50, 75, 100].map((times) => times * ratio).filter((wide) => wide < 0.5);

/** The sample that the pass needs follows the limit, as where the file does not say it. */
const withLimit = (rule: Rule, ratio: number): Rule => ({
  ...rule,
  threshold: { kind: 'ratio-above', ratio },
  minEvents: Math.min(rule.minEvents, Math.ceil(3 / ratio)),
});

const firstThat = (values: readonly number[], works: (value: number) => boolean): number | null =>
  values.find(works) ?? null;
