/** What stable's history says of the rules before a release starts: how bursty each one is, and which limits stable itself does not keep. */
import type { Result } from '../lib/result.ts';
import type { Known } from '../release/begin.ts';
import type { StartNote } from '../release/start-note.ts';
import type { Rule } from '../rules/rule.ts';
import { belowBaseline, belowBaselineSentence } from '../verdict/below-baseline.ts';
import { dispersionCap, type History, type Learned, learnDispersion } from '../verdict/dispersion.ts';
import { measureOf } from '../verdict/measured-as.ts';
import { planStep, type StepPlan, type Traffic } from '../verdict/planning.ts';
import { enoughBad } from '../verdict/seen-dispersion.ts';
import { assumedDispersion, type Dispersion, type JudgeSettings } from '../verdict/settings.ts';
import { span } from '../verdict/words.ts';

export interface Lookback {
  readonly rules: readonly Rule[];
  readonly judge: JudgeSettings;
  /** By rule; the error says why there is none. A rule that counts nothing bad has none. */
  readonly histories: Readonly<Record<string, Result<History, string>>>;
  /** For the time that bursts cost: the first step, and the traffic of now; null: it can't be told. */
  readonly step: StepPlan | null;
  readonly traffic: Traffic | null;
}

/** Rules whose evidence rests on counts of bad events: those have a dispersion. */
export const isSpread = (rule: Rule): boolean => rule.judge === 'sequential' && measureOf(rule).kind === 'fraction';

export function knownOf(lookback: Lookback): Known {
  const { rules, histories } = lookback;
  const found = rules.filter(isSpread).map((rule) => ({ rule, ...lookedBack(rule, lookback) }));
  const below = rules.flatMap((rule) => {
    const history = histories[rule.name];
    const fault = history?.ok === true ? belowBaseline(rule, history.value) : null;
    return fault === null ? [] : [note('ThresholdBelowBaseline', rule, belowBaselineSentence(rule, fault))];
  });
  return {
    dispersion: Object.fromEntries(found.map(({ rule, dispersion }) => [rule.name, dispersion])),
    notes: [...unknown(found), ...found.flatMap(({ notes }) => notes), ...below],
  };
}

interface LookedBack {
  readonly dispersion: Dispersion;
  readonly notes: readonly StartNote[];
  /** Why nothing was learned; null: it was, or needed not to be. */
  readonly why: string | null;
}

function lookedBack(rule: Rule, lookback: Lookback): LookedBack {
  const { phi, changePoint, from } = lookback.judge;
  if (from === 'stated') return { dispersion: { phi, changePoint, from }, notes: [], why: null };
  const history = lookback.histories[rule.name] ?? { ok: false, error: 'no history was read' };
  if (!history.ok) return { dispersion: assumedDispersion, notes: [], why: history.error };
  const learned = learnDispersion(history.value);
  if (learned === null)
    return { dispersion: assumedDispersion, notes: [], why: 'too little history, or too few errors in it' };
  const dispersion: Dispersion = {
    phi: Math.min(dispersionCap, learned.phi),
    changePoint: 'in-time',
    from: 'history',
  };
  return { dispersion, notes: tooBursty(rule, learned, lookback), why: null };
}

/** One line for all of them, and the reasons once each. */
function unknown(found: readonly (LookedBack & { readonly rule: Rule })[]): readonly StartNote[] {
  const unlearned = found.filter(({ why }) => why !== null);
  if (unlearned.length === 0) return [];
  const names = unlearned.map(({ rule }) => rule.name).join(', ');
  const reasons = [...new Set(unlearned.map(({ why }) => why))].join('; ');
  const message = `how bursty ${names} usually ${unlearned.length === 1 ? 'is' : 'are'} is not known (${reasons}): taken as ${assumedDispersion.phi} times as scattered as chance until stable has shown ${enoughBad} bad requests in this release`;
  return [{ reason: 'BaselineUnknown', rule: null, message }];
}

function tooBursty(rule: Rule, { phi, windowMs }: Learned, lookback: Lookback): readonly StartNote[] {
  if (phi <= dispersionCap) return [];
  const times = Math.round(phi);
  const message = `${rule.name}: its bad requests come in bursts, ${times} times as scattered as chance over ${span(windowMs)}; it is judged as if it were ${dispersionCap}${costOf(rule, lookback)}. Bursts at stable are worth mending first`;
  return [note('RuleTooBursty', rule, message)];
}

/** What it means in time, at the traffic of now. */
function costOf(rule: Rule, { judge, step, traffic }: Lookback): string {
  if (step === null || traffic === null) return '';
  const settings = { ...judge, phi: dispersionCap, changePoint: 'in-time' } as const;
  const ms = planStep(rule, settings, { step, traffic })?.msToConvict;
  if (ms === undefined) return '';
  const said = ([5, 10] as const).map(
    (each) => `${each} times the limit ${Number.isFinite(ms[each]) ? `about ${span(ms[each])}` : 'never'}`,
  );
  return `: at ${step.weight} % it takes ${said.join(', ')} to convict`;
}

const note = (reason: StartNote['reason'], { name }: Rule, message: string): StartNote => ({
  reason,
  rule: name,
  message,
});
