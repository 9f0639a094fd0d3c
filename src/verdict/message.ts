/** The sentence that people read: value against limit, what was concluded and why, and what it would take. */
import type { Rule } from '../rules/rule.ts';
import { burnText } from './burn.ts';
import type { Case, Finding } from './case.ts';
import { consequence } from './consequence.ts';
import { isLiteral } from './literal.ts';
import type { Measure } from './measured-as.ts';
import { clearestBound } from './over-bounds.ts';
import { msToConvict } from './to-convict.ts';
import type { VerdictReason } from './verdict.ts';
import { eventsLacking } from './weigh.ts';
import { isSticky } from './which-tests.ts';
import { count, daysAgo, moment, percent, seconds, span } from './words.ts';

export interface Shown {
  readonly canary: number | null;
  readonly stable: number | null;
  readonly limit: number;
  readonly errorsToConvict: number | null;
}

export const messageOf = (
  given: Case,
  measure: Measure,
  { found, shown }: { found: Finding; shown: Shown },
): string => {
  const said = sentences[found.reason](given, { measure, shown });
  return `${subject(given.rule, measure, shown)}${said === '' ? '' : `: ${said}`}${alone(given, measure)}`;
};

/** What is off is said: the versions' users are not chosen by chance. */
const alone = ({ rule, settings, context }: Case, { kind }: Measure): string =>
  isSticky(rule, settings) && context.split && kind === 'fraction' && rule.compare === 'both'
    ? '; held against the limit alone: with session affinity or long streams the versions cannot be compared'
    : '';

/** `error_rate 0.52 % over 5m, limit 0.1%, stable 0.04 %` */
const subject = (rule: Rule, measure: Measure, { canary, stable, limit }: Shown): string => {
  if (rule.sli.kind === 'alert') return `${rule.name}: alert ${rule.sli.alertname}`;
  const say = rule.threshold.kind === 'seconds-above' && measure.kind === 'level' ? seconds : percent;
  const besides = stable === null || measure.kind === 'share' ? '' : `, stable ${say(stable)}`;
  const limitText = `${rule.burnRate.length > 0 ? 'budget' : 'limit'} ${rule.thresholdText}`;
  if (canary === null) return `${rule.name}, ${limitText}${besides}`;
  if (measure.kind === 'level') return `${rule.name} ${say(canary)}, limit ${rule.thresholdText}${besides}`;
  const over = `over ${span(rule.windowMs)}`;
  if (measure.kind === 'share')
    return `${rule.name}: the canary gets ${percent(canary)} of the requests ${over}, at least ${percent(limit)} is due`;
  if (measure.kind === 'past')
    return `${rule.name}: ${percent(canary)} of the requests of ${daysAgo(measure.agoMs)} ${over}, at least ${percent(limit)} is due`;
  if (rule.sli.kind === 'latency')
    return `${rule.name}: ${percent(canary)} of requests slower than ${rule.thresholdText} ${over}, at most ${percent(limit)} may be${besides}`;
  return `${rule.name} ${percent(canary)} ${over}, ${limitText}${besides}`;
};

interface Told {
  readonly measure: Measure;
  readonly shown: Shown;
}

const sofar = (given: Case, measure: Measure): string => {
  const { rule, state } = given;
  if (measure.kind === 'alert') return 'fires for the canary';
  if (measure.kind === 'fraction' && rule.burnRate.length > 0) return burnText(given, measure.p0);
  if (measure.kind === 'level' || rule.judge === 'point')
    return state.outside.sinceMs === null ? '' : `outside since ${moment(state.outside.sinceMs)}`;
  if (measure.kind !== 'fraction') return `${count(state.step.counts.canary.events)} canary requests in this step`;
  return `${count(state.canary.bad)} ${measure.noun} in ${count(state.canary.events)} canary requests since the release began`;
};

const toConvict = (given: Case, { measure, shown }: Told): string => {
  const ms = msToConvict(given, measure);
  const errors = shown.errorsToConvict;
  const ways = [
    ...(ms === null || ms === 0 ? [] : [`about ${span(Math.max(ms, 1000))} more like this`]),
    ...(errors === null || errors === 0 ? [] : [`${count(errors)} more ${nounOf(measure)} now`]),
  ];
  return ways.length === 0 ? '' : `; ${ways.join(', or ')}, would ${consequence(given.rule)}`;
};

const toPass = (given: Case): string => {
  const lacking = eventsLacking(given);
  if (lacking === 0) return '';
  const { state, context, atMs } = given;
  const perMs = state.step.counts.canary.events / Math.max(1, atMs - context.weightSinceMs);
  const time = perMs > 0 ? `, about ${span(lacking / perMs)}` : '';
  return `needs ${count(lacking)} more canary requests${time}`;
};

const careful = ({ rule }: Case, { measure, shown }: Told): string =>
  shown.errorsToConvict === null
    ? ''
    : `; ${count(shown.errorsToConvict)} more ${nounOf(measure)} now would ${consequence(rule)}`;

const nounOf = (measure: Measure): string => (measure.kind === 'fraction' ? measure.noun : 'events');

const sentences: Readonly<Record<VerdictReason, (given: Case, told: Told) => string>> = {
  Proven: (given, told) => `proven inside for this step${careful(given, told)}`,
  Compatible: (given, told) =>
    told.measure.kind === 'level' || given.rule.judge === 'point'
      ? told.measure.kind === 'alert'
        ? 'quiet'
        : `inside${given.rule.burnRate.length > 0 ? `: ${sofar(given, told.measure)}` : ''}`
      : `compatible with the limit after ${count(given.state.step.counts.canary.events)} requests in this step, not proven${careful(given, told)}`,
  WorseWithinLimit: (given, told) =>
    `${standing(told)}; recorded: more than ${given.rule.ratio} times as ${worseThanStable(given)}${careful(given, told)}`,
  NotApplicable: (given) => `does not apply here: ${whyNotApplicable(given)}`,
  Ignored: () => 'no data, which this rule ignores (missing: ignore)',
  Breach: (given, { measure }) =>
    measure.kind === 'alert'
      ? `fires for the canary${promise(given)}`
      : measure.kind === 'level'
        ? `${sofar(given, measure)}${given.rule.forMs > 0 ? `, as long as the ${span(given.rule.forMs)} that make it a breach` : ''}`
        : `${howOutside(given)}: ${sofar(given, measure)}${promise(given)}`,
  SharedAfterRise: (given, { measure }) =>
    `outside beyond doubt at ${moment(given.atMs)}, and stable is outside, too, since ${moment(given.state.stable.outsideSinceMs ?? given.atMs)}, shortly after the weight was raised: ${sofar(given, measure)}`,
  GrossFailure: (given, { measure }) =>
    `at least half of the canary's requests failed within 5s at ${moment(given.atMs)}: ${sofar(given, measure)}`,
  EnvironmentBad: (given) =>
    `outside beyond doubt, but ${stableIsBad(given)}: the environment is bad; goes on once stable was inside for ${span(given.rule.windowMs)}`,
  StableSuffersToo: (given, { measure }) =>
    `outside, but stable is, too: not the fault of the canary${given.rule.burnRate.length > 0 ? `; it ${sofar(given, measure)}` : ''}`,
  AwaitingRelative: (given, told) =>
    `outside beyond doubt: ${sofar(given, told.measure)}; whether it is worse than stable is not decided yet${toConvict(given, told)}`,
  WorseThanStable: ({ rule }, told) =>
    rule.compare === 'both'
      ? `more than three times as bad as stable, beyond doubt; ${standing(told)}`
      : 'worse than stable',
  OutsideThreshold: (given, told) =>
    told.measure.kind === 'level' || given.rule.judge === 'point'
      ? `${sofar(given, told.measure)}, for ${span(given.state.outside.forMs)} of ${span(given.rule.forMs)}`
      : `may be outside, not sure yet: ${sofar(given, told.measure)}${toConvict(given, told)}`,
  AlertElsewhere: () => 'fires, not for a canary with traffic: nothing is taken back, and nothing goes on',
  EvidenceRising: (given, told) =>
    `more and more likely outside: ${sofar(given, told.measure)}${toConvict(given, told)}`,
  TooFewEvents: (given) => toPass(given) || 'no look at a pass is due yet',
  BakeNotEnded: (given) =>
    `nothing against it so far; the step still bakes${eventsLacking(given) > 0 ? ` and ${toPass(given)}` : ''}`,
  NoData: () => 'no data',
  WarmingUp: ({ rule }) => `the first ${span(rule.warmUpMs)} of a step do not count`,
};

/** The number of the window may be above a limit that the evidence does not say is broken. */
const standing = ({ shown: { canary, limit } }: Told): string =>
  canary !== null && canary > limit ? 'not proven to be outside the limit' : 'inside the limit';

/** Response times are compared at several bounds; people are told where it shows. */
const worseThanStable = ({ state, rule }: Case): string => {
  const bound = clearestBound(state, rule);
  return bound === null
    ? 'bad as stable'
    : `many slow requests as stable, most clearly of those above ${seconds(bound)}`;
};

const howOutside = (given: Case): string => {
  const { rule, state, atMs } = given;
  if (isLiteral(rule)) return `outside at ${moment(atMs)}`;
  return rule.compare === 'stable' && clearestBound(state, rule) !== null
    ? `beyond doubt at ${moment(atMs)} more than ${rule.ratio} times as ${worseThanStable(given)}`
    : `outside beyond doubt at ${moment(atMs)}`;
};

const promise = ({ rule }: Case): string =>
  isLiteral(rule)
    ? `; ${rule.sli.kind === 'alert' ? '' : 'compared literally, '}outside the promise about false alarms`
    : '';

const stableIsBad = ({ state, context }: Case): string => {
  const since = state.stable.outsideSinceMs === null ? '' : ` since ${moment(state.stable.outsideSinceMs)}`;
  return context.split ? `stable is outside, too,${since}` : `stable fails its probes${since}`;
};

const whyNotApplicable = ({ rule, context, settings }: Case): string => {
  if (rule.steps.length > 0 && !(context.step !== null && rule.steps.includes(context.weight)))
    return `it is for ${rule.steps.map((weight) => `${weight} %`).join(', ')}`;
  if (settings.sticky) return 'with session affinity or long streams the versions cannot be compared';
  return context.split ? 'not measured for this service' : 'it needs both versions under traffic';
};
