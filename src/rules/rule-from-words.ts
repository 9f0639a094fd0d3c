/** One rule: the words of the file together with the defaults, as the judge sees it. */
import { failed, ok, type Result } from '../lib/result.ts';
import { agoOf, baselineIssues, pastEventsFactor } from './past-baseline.ts';
import { onRoute, routedName } from './routes.ts';
import type { Rule, RulePosition, Threshold } from './rule.ts';
import { defaultJudge, defaultMinEvents, defaultWarmUpMs, isUncounted } from './rule-defaults.ts';
import type { RuleWords } from './schema.ts';
import type { Sli } from './sli.ts';
import { chooseSli, type PresetChoice, type SliChoice, type WordIssue } from './sli-choice.ts';
import { thresholdMisfit } from './threshold.ts';
import { wordConflicts } from './word-conflicts.ts';

export interface NamedWords<W> {
  readonly name: string;
  readonly words: W;
}

const thresholdIssues = (words: Partial<RuleWords>, choice: SliChoice): readonly WordIssue[] => {
  if (words.threshold === undefined || choice.measured.kind === 'alert') return [];
  const { meaning, text } = words.threshold;
  const misfit = thresholdMisfit(choice.measured.kind, meaning, text);
  return misfit === null ? [] : [{ word: 'threshold', message: `threshold ${misfit}` }];
};

/** Everything that the words, as far as they could be read, get wrong together. */
export const ruleIssues = (rule: NamedWords<Partial<RuleWords>>, presets: PresetChoice): readonly WordIssue[] => {
  const choice = chooseSli(rule.name, rule.words, presets);
  if (!choice.ok) return [choice.error];
  return [
    ...thresholdIssues(rule.words, choice.value),
    ...wordConflicts(rule.words, choice.value.measured),
    ...routeIssues(rule.words, choice.value),
    ...baselineIssues(rule.words, choice.value.measured),
  ];
};

const routeIssues = ({ routes, routeLabel }: Partial<RuleWords>, choice: SliChoice): readonly WordIssue[] => {
  const { measured, routes: known } = choice;
  if (routes === undefined || isUncounted(measured)) return [];
  if (known.kind === 'known' || (known.kind === 'to-name' && routeLabel !== undefined)) return [];
  return [{ word: 'routes', message: `routes ${known.why}` }];
};

/** An alert is its own limit. */
const quiet: NonNullable<RuleWords['threshold']> = {
  text: 'quiet',
  meaning: { kind: 'ratio-above', ratio: 0 },
};

const limitOf = ({ threshold }: RuleWords): NonNullable<RuleWords['threshold']> => threshold ?? quiet;

const secondsOf = (threshold: Threshold): number => (threshold.kind === 'seconds-above' ? threshold.seconds : 0);

/** What is judged: all requests, or those of one route. */
interface Part {
  readonly route: string | null;
  readonly at: RulePosition;
}

const sliOf = ({ words }: NamedWords<RuleWords>, choice: SliChoice, route: string | null): Sli => {
  const sli = choice.sli({ seconds: secondsOf(limitOf(words).meaning), snap: words.snap ?? false });
  const label = words.routeLabel ?? (choice.routes.kind === 'known' ? choice.routes.label : null);
  const agoMs = agoOf(words);
  const timed = sli.kind === 'volume' && agoMs !== null ? { ...sli, agoMs } : sli;
  return route === null || label === null ? timed : onRoute(timed, label, route);
};

const build = (rule: NamedWords<RuleWords>, choice: SliChoice, { route, at }: Part): Rule => {
  const { name, words } = rule;
  const { measured } = choice;
  const { text, meaning: threshold } = limitOf(words);
  const burnRate = words.burnRate ?? [];
  const isPast = agoOf(words) !== null;
  const judge = words.judge ?? (isPast ? 'point' : defaultJudge(measured, burnRate));
  const events = defaultMinEvents(measured, threshold, burnRate) * (isPast ? pastEventsFactor : 1);
  return {
    name: routedName(name, route),
    route,
    alert: words.alert,
    thresholdText: text,
    threshold,
    windowMs: words.window ?? 0,
    sli: sliOf(rule, choice, route),
    judge,
    burnRate,
    compare: words.compare ?? 'both',
    ratio: words.ratio ?? 1.25,
    minEvents: words.minEvents ?? events,
    advanceOn: words.advanceOn ?? 'compatible',
    warmUpMs: words.warmUp ?? (isPast ? 0 : defaultWarmUpMs(measured)),
    // The windows of a burn rate say themselves that it goes on.
    forMs: words.for ?? (judge === 'point' && burnRate.length === 0 ? (words.window ?? 0) : 0),
    missing: words.missing ?? 'hold',
    steps: words.steps ?? [],
    dryRun: words.dryRun ?? false,
    description: words.description ?? '',
    runbook: words.runbook ?? '',
    owner: words.owner ?? '',
    at,
  };
};

/** What every rule must say, but one that reads an alert. `words` as they stand in the file, sound or not. */
export const missingWords = (name: string, words: Readonly<Record<string, unknown>>): readonly WordIssue[] => {
  const { query } = words;
  if (typeof query === 'object' && query !== null && 'alert' in query) return [];
  return ['threshold', 'window']
    .filter((word) => words[word] === undefined)
    .map((word) => ({ word: null, message: `${word} is missing in ${name}` }));
};

/** The rule, or one for each of its routes; or everything that is wrong with it. */
export const rulesFromWords = (
  rule: NamedWords<RuleWords>,
  presets: PresetChoice,
  at: RulePosition,
): Result<readonly Rule[], readonly WordIssue[]> => {
  const issues = ruleIssues(rule, presets);
  const choice = chooseSli(rule.name, rule.words, presets);
  if (!choice.ok || issues.length > 0) return failed(issues);
  const routes = rule.words.routes ?? [null];
  return ok(routes.map((route) => build(rule, choice.value, { route, at })));
};
