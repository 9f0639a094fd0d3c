/** A forecast in words: a row a step, and what would help, in lines of at most 80 columns where that can be. */
import { count, percent, span } from '../../verdict/words.ts';
import type { RuleForecast, StepForecast } from './forecast.ts';

type Planned = Extract<RuleForecast, { readonly kind: 'planned' }>;

export interface PlanRow {
  readonly step: string;
  readonly requests: string;
  readonly healthyPasses: string;
  readonly convicts: readonly [string, string, string];
  readonly smallest: string;
  readonly judged: string;
}

export const rowOf = (step: StepForecast, limitMs: number): PlanRow => {
  const { outlook } = step;
  const at = (times: 2 | 5 | 10): string => timeText(outlook.msToConvict[times], limitMs);
  const { smallestRegression } = outlook;
  return {
    step: `${step.weight} % ${span(step.bakeMs)}`,
    requests: short(step.events),
    healthyPasses: passText(step, limitMs),
    convicts: [at(2), at(5), at(10)],
    smallest: smallestRegression === null ? 'none' : `${Number(smallestRegression.toPrecision(2))}x`,
    judged: outlook.judgeability === 'judgeable' ? 'yes' : outlook.judgeability,
  };
};

/** Longer than the whole release may take is never. */
const timeText = (ms: number, limitMs: number): string => (ms <= limitMs ? span(Math.max(1_000, ms)) : 'no');

const passText = ({ bakeMs, firstLookMs, pass }: StepForecast, limitMs: number): string => {
  if (firstLookMs > limitMs) return `no: needs ${Number.isFinite(firstLookMs) ? span(firstLookMs) : 'traffic'}`;
  if (firstLookMs > bakeMs) return `not in bake, needs ${span(firstLookMs)}`;
  return chance(pass.first);
};

/** Two digits; what is not certain is not called so. */
export const chance = (value: number): string => {
  if (value > 0.999) return '> 99.9 %';
  return value > 0 && value < 0.001 ? '< 0.1 %' : `${Number((100 * value).toPrecision(value > 0.99 ? 3 : 2))} %`;
};

const short = (value: number): string => {
  if (value < 10) return String(Number(value.toPrecision(2)));
  if (value < 1_000) return String(Math.round(value));
  return value < 1_000_000 ? `${Number((value / 1_000).toPrecision(3))}k` : `${Number((value / 1e6).toPrecision(3))}M`;
};

export const headOf = ({ rule, traffic }: Planned): string =>
  `${rule.name} (${rule.alert}, limit ${rule.thresholdText}): ` +
  `${rateText(traffic.perSecond)}, ${percent(traffic.stableRatio)} ${rule.sli.kind === 'latency' ? 'slower' : 'failing'}`;

const rateText = (perSecond: number): string => `${Number(perSecond.toPrecision(3))} requests/s`;

const knownFrom = {
  stated: 'as stated',
  history: 'learned from the last 7 days',
  assumed: 'assumed',
} as const;

/** Where the dispersion is from, and what it costs. */
export const burstLine = ({ bursts: { aloneMs, from, ms, phi, weight } }: Planned, limitMs: number): string => {
  const head = `dispersion ${Number(phi.toPrecision(2))}, ${knownFrom[from]}`;
  if (phi < 1.05) return `${head}: errors come one by one, and cost no time by coming together`;
  const time = (each: number): string => (each <= limitMs ? timeText(each, limitMs) : `more than ${span(limitMs)}`);
  return `${head}: at ${weight} %, 5x the limit takes ${time(ms)} to convict, ${time(aloneMs)} if errors came one by one`;
};

/** A line for each step that is not judgeable. */
export const fixLines = ({ rule, steps }: Planned): readonly string[] =>
  steps.flatMap(({ weight, remedies, outlook }) => {
    if (remedies === null) return [];
    const ways = [
      ...(remedies.bakeMs === null ? [] : [`bake ${span(remedies.bakeMs)}`]),
      ...(remedies.weight === null ? [] : [`weight ${remedies.weight} %`]),
      ...(remedies.threshold === null ? [] : [`threshold ${percent(remedies.threshold)}`]),
    ];
    const checks = outlook.judgeability === 'not' && rule.alert === 'critical' ? ['whenUnjudgeable: checks'] : [];
    const all = [...ways, ...checks];
    const [only = 'no bake, weight or threshold helps'] = all;
    return [`at ${weight} %: ${all.length > 1 ? `any of ${all.join(', ')}` : only}`];
  });

/** Passing takes longer than the first look where a healthy canary is often outside by chance. */
export const passLines = ({ steps }: Planned, limitMs: number): readonly string[] =>
  steps
    .filter(({ firstLookMs, pass }) => firstLookMs <= limitMs && pass.first < 0.95)
    .map(({ weight, pass }) =>
      pass.expectedMs === null
        ? `at ${weight} %: a healthy canary does not pass; stable itself is outside the limit`
        : `at ${weight} %: ${chance(pass.ever)} of healthy canaries pass within ${span(limitMs)}, after ${span(pass.expectedMs)} on average`,
    );

/** Whether anything convicts a canary at twice the limit within the bakes, or proves one healthy. */
export const warningLine = ({ steps }: Planned): string | null =>
  steps.every(({ bakeMs, outlook }) => outlook.msToConvict[2] > bakeMs && outlook.msToProve > bakeMs)
    ? 'nothing can convict 2x the limit or prove health in any of these bakes'
    : null;

export const falseAlarmLine = (alpha: number, perMonth: number): string =>
  `false rollbacks: <= ${percent(alpha)} of healthy releases over all rules and looks, ` +
  `<= ${Number((alpha * perMonth).toPrecision(2))} a month at ${count(perMonth)} releases`;
