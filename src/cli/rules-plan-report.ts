/** What `rules plan` found, and its form for programs. */
import type { Plan } from '../release/plan.ts';
import { type RuleForecast, unjudgeableIn } from '../tuning/plan/forecast.ts';
import type { Dispersion, JudgeSettings } from '../verdict/settings.ts';

export interface RulesPlan {
  readonly file: string;
  readonly plan: Plan;
  readonly judge: JudgeSettings;
  readonly alpha: number;
  /** A month. */
  readonly releases: number;
  readonly levels: readonly { readonly name: string; readonly rules: readonly RuleForecast[] }[];
  /** By rule: how bursty its bad events are, and from where that is known. */
  readonly dispersion: Readonly<Record<string, Dispersion>>;
  readonly remarks: readonly string[];
}

export const unjudgeable = ({ levels }: RulesPlan) =>
  levels.flatMap(({ name, rules }) => unjudgeableIn(rules).map((each) => ({ traffic: name, ...each })));

/** JSON knows no infinity: never is null. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export const planJson = (report: RulesPlan): object => ({
  file: report.file,
  confidence: 1 - report.alpha,
  dispersion: Object.fromEntries(
    Object.entries(report.dispersion).map(([rule, { phi, from }]) => [rule, { phi, from }]),
  ),
  releasesAMonth: report.releases,
  falseRollbacksAMonth: report.alpha * report.releases,
  unjudgeable: unjudgeable(report),
  traffic: report.levels.map(({ name, rules }) => ({ name, rules: rules.map(ruleJson) })),
  remarks: report.remarks,
});

const ruleJson = (each: RuleForecast): object => {
  const { name, route, alert, thresholdText: limit } = each.rule;
  const head = { rule: name, route, alert, limit };
  if (each.kind === 'unplanned') return { ...head, planned: false, why: each.why };
  const { traffic, literal, bursts } = each;
  const { ms, aloneMs, ...known } = bursts;
  const dispersion = { ...known, msToConvict5x: finite(ms), msToConvict5xAlone: finite(aloneMs) };
  return {
    ...head,
    planned: true,
    ...traffic,
    dispersion,
    literalFalseRollback: literal,
    steps: each.steps.map(stepJson),
  };
};

const stepJson = ({ weight, bakeMs, events, firstLookMs, outlook, pass, remedies }: RuleStep): object => ({
  weight,
  bakeMs,
  events,
  judgeability: outlook.judgeability,
  firstLookMs: finite(firstLookMs),
  passAtFirstLook: pass.first,
  passInTime: pass.ever,
  expectedPassMs: pass.expectedMs,
  msToConvict: Object.fromEntries(Object.entries(outlook.msToConvict).map(([times, ms]) => [times, finite(ms)])),
  msToProve: finite(outlook.msToProve),
  smallestRegression: outlook.smallestRegression,
  remedies,
});

type RuleStep = Extract<RuleForecast, { readonly kind: 'planned' }>['steps'][number];
