/** `sluice rules explain RULE`: what a rule asks, who judges it, when it rolls back, holds and passes, and which word changes that. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { falseAlarm } from '../gate/false-alarm.ts';
import { knownOf } from '../gate/known.ts';
import { systemClock } from '../lib/clock.ts';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { didYouMean } from '../lib/nearest.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { countersOf } from '../metrics/wanted-series.ts';
import { valueText } from '../report/format-value.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { RuleView } from '../report/rule-view.ts';
import { type ResourcePreset, resourcePresets } from '../rules/presets.ts';
import { type RequestPreset, requestPresets } from '../rules/request-metrics.ts';
import type { Rule } from '../rules/rule.ts';
import { sidesOf } from '../tuning/check/online/data-now.ts';
import { spacingNow } from '../tuning/check/online/spacing-now.ts';
import { stablePast } from '../tuning/check/online/stable-past.ts';
import { type Explained, explainRule } from '../tuning/explain/explain-rule.ts';
import type { AtTraffic } from '../tuning/explain/minutes.ts';
import { numbersNow, type SideNow } from '../tuning/explain/numbers-now.ts';
import type { History } from '../verdict/dispersion.ts';
import { type Dispersion, defaultJudgeSettings, type JudgeSettings, withDispersion } from '../verdict/settings.ts';
import { type Context, runWith } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { progressLine } from './progress-line.ts';
import { rulesCommand } from './rules-command.ts';
import { explanationLines } from './rules-explain-text.ts';
import { type LoadedRules, loadRules } from './rules-load.ts';
import {
  type Asking,
  armsHere,
  type OnlineOptions,
  type OnlineSource,
  onlineSource,
  promisedToken,
  withinDeadline,
  withOnlineOptions,
} from './rules-online.ts';

interface ExplainOptions extends OnlineOptions {
  readonly rules?: string;
  readonly policy?: string;
  readonly release?: string;
  readonly preset: RequestPreset;
  readonly resources: ResourcePreset;
  readonly rate?: number;
  readonly weight?: number;
  readonly details?: true;
}

const rateOption = (text: string): number => {
  const perSecond = Number(/^([0-9]+(?:\.[0-9]+)?)(?:\/s)?$/.exec(text)?.[1] ?? Number.NaN);
  if (!(perSecond > 0)) throw new InvalidArgumentError('Write requests a second, such as 100/s.');
  return perSecond;
};

const weightOption = (text: string): number => {
  const weight = Number(text.replace(/%$/, ''));
  if (!Number.isInteger(weight) || weight < 1 || weight > 100)
    throw new InvalidArgumentError('Write a percent from 1 to 100.');
  return weight;
};

const findRule = <T extends { readonly name: string }>(rules: readonly T[], name: string): Result<T, string> => {
  const found = rules.find((rule) => rule.name === name);
  if (found !== undefined) return ok(found);
  const names = rules.map((rule) => rule.name);
  return failed(`there is no rule ${JSON.stringify(name)}; there are ${names.join(', ')}${didYouMean(name, names)}`);
};

const load = async (options: ExplainOptions): Promise<Result<LoadedRules, string>> => {
  const { rules, policy, preset, resources } = options;
  const loaded = await loadRules(rules ?? policy ?? '', { preset, resources, intervalMs: null });
  return loaded.ok ? loaded : failed(loaded.error.map(formatFileError).join('\n'));
};

/** What a metric source knows of the rule; nothing where nobody was asked. */
interface Seen {
  readonly now: readonly SideNow[] | null;
  readonly history: Result<History, string> | null;
}

const look = async (rule: Rule, asking: Asking, { source, history }: OnlineSource): Promise<Result<Seen, string>> => {
  const arms = armsHere(asking);
  const now = await numbersNow(rule, source, arms);
  if (!now.ok) return now;
  const spacing = await spacingNow(source, countersOf(rule.sli)[0], sidesOf(arms));
  if (!spacing.ok) return spacing;
  const intervalMs = spacing.value ?? source.intervalMs;
  const about = { history, arms, nowMs: systemClock.wallMs(), intervalMs, withinMs: asking.options.timeout };
  const past = await stablePast(rule, about);
  if (past.ok && past.value === null) return ok({ now: now.value, history: null });
  return ok({ now: now.value, history: past as Result<History, string> });
};

const ask = async (rule: Rule, asking: Asking, { quiet }: Pick<Context, 'quiet'>): Promise<Result<Seen, string>> => {
  const online = onlineSource(asking);
  if (!online.ok) return online;
  if (online.value === null) return ok({ now: null, history: null });
  const doing = `asking ${online.value.source.name} about ${rule.name}`;
  const line = progressLine(quiet ? 'off' : 'on');
  line.show(doing);
  const work = look(rule, asking, online.value);
  const seen = await withinDeadline(work, { timeoutMs: asking.options.timeout, doing: () => doing });
  line.end();
  return seen;
};

/** As given, else as the metric source shows it; null: not known. */
const trafficOf = (
  { policy }: LoadedRules,
  options: ExplainOptions,
  now: readonly SideNow[] | null,
): AtTraffic | null => {
  const seen = (now ?? []).reduce((sum, { perSecond }) => sum + (perSecond ?? 0), 0);
  const perSecond = options.rate ?? seen;
  const stableRatio = now?.find(({ name }) => name !== 'canary')?.value ?? null;
  const weight = options.weight ?? policy?.plan.steps[0]?.weight ?? 25;
  return perSecond > 0 ? { perSecond, weight, stableRatio } : null;
};

const settingsOf = ({ policy, subject }: LoadedRules): JudgeSettings => ({
  ...(policy?.judge ?? defaultJudgeSettings),
  rules: subject.set.rules.length,
});

interface PastSays {
  readonly dispersion: Dispersion | undefined;
  readonly notes: readonly string[];
}

const noPast: PastSays = { dispersion: undefined, notes: [] };

const pastOf = (rule: Rule, judge: JudgeSettings, history: Result<History, string>): PastSays => {
  const known = knownOf({ rules: [rule], judge, histories: { [rule.name]: history }, step: null, traffic: null });
  return { dispersion: known.dispersion[rule.name], notes: known.notes.map(({ message }) => message) };
};

const explainFile = async (
  context: Context,
  name: string,
  given: ExplainOptions & { readonly token: string | null },
): Promise<ExitCode> => {
  const loaded = await load(given);
  if (!loaded.ok) return context.fail(loaded.error);
  const { set } = loaded.value.subject;
  const rule = findRule(set.rules, name);
  if (!rule.ok) return context.fail(rule.error);
  const asking: Asking = { policy: loaded.value.policy, options: given, tokenFile: given.token };
  const seen = await ask(rule.value, asking, context);
  if (!seen.ok) return context.fail(`could not ask: ${seen.error}`);
  const { now, history } = seen.value;
  const traffic = trafficOf(loaded.value, given, now);
  const judge = settingsOf(loaded.value);
  const past = history === null ? noPast : pastOf(rule.value, judge, history);
  const settings = withDispersion(judge, past.dispersion);
  const explained: Explained = { rule: rule.value, settings, arms: armsHere(asking), traffic, now, notes: past.notes };
  const told = explainRule(explained);
  const promise = falseAlarm({ calledFalseAlarm: null, judge: settings, rules: set }, null);
  const details = given.details === undefined ? 'hidden' : 'shown';
  const text = {
    rule: rule.value,
    width: Math.min(100, outputWidth()),
    details,
    falseAlarm: promise.sentence,
  } as const;
  emit(context, {
    value: { ...told, falseAlarm: promise },
    names: [told.rule],
    lines: () => explanationLines(told, text),
  });
  return exitCodes.ok;
};

const releaseLines = (view: ReleaseView, rule: RuleView): readonly string[] => [
  `${rule.name}: ${rule.threshold}, ${rule.alert}   (${rule.at})`,
  `  release  ${view.id}`,
  `  canary   ${valueText(rule.canary, rule.unit)}   stable ${valueText(rule.stable, rule.unit)}   limit ${rule.limitWords}`,
  `  events   ${rule.events} since the release began, ${rule.stepEvents} in this step`,
  `  verdict  ${rule.verdict ?? 'none yet'}: ${rule.message}`,
  ...(rule.take === '' ? [] : [`  takes    ${rule.take}`]),
  `  promise  ${view.falseAlarm.sentence}`,
];

const explainRelease = async (context: Context, name: string, release: string): Promise<ExitCode> => {
  const found = await context.api.release(release);
  if (!found.ok) return context.fail(found.error.message);
  const rule = findRule(found.value.rules, name);
  if (!rule.ok) return context.fail(rule.error);
  const value = { release: found.value.id, ...rule.value, falseAlarm: found.value.falseAlarm };
  emit(context, { value, names: [name], lines: () => releaseLines(found.value, rule.value) });
  return exitCodes.ok;
};

const examples = `
Examples:
  $ sluice rules explain error_rate --rules rules/production.yaml --rate 100/s
  $ sluice rules explain error_rate --policy policy.yaml --online
  $ sluice rules explain error_rate --release app`;

export const registerRulesExplain = (program: Command): void => {
  const command = rulesCommand(program)
    .command('explain')
    .description('say what a rule asks, when it rolls back, holds and passes, and which word changes that')
    .argument('<rule>', 'name of the rule')
    .option('--rules <file>', 'rule file that has it')
    .option('--policy <file>', 'policy whose rules have it')
    .option('--release <name>', 'release that is judged by it: id, beginning of an id, or policy')
    .addOption(
      new Option('--preset <name>', "whose counters a rule file's names mean").choices(requestPresets).default('app'),
    )
    .addOption(new Option('--resources <name>', 'whose CPU, memory and disk').choices(resourcePresets).default('host'))
    .option('--rate <requests/s>', 'traffic of the whole service, such as 100/s', rateOption)
    .option('--weight <percent>', "the canary's share; default: the plan's first step, else 25", weightOption)
    .option('--details', 'the evidence in numbers, too');
  withOnlineOptions(command)
    .addHelpText('after', examples)
    .action(
      runWith(async (context, name: string, options: ExplainOptions) => {
        const { rules, policy, release } = options;
        if ([rules, policy, release].filter((each) => each !== undefined).length !== 1)
          return context.fail('name one of --rules FILE, --policy FILE or --release NAME');
        if (release !== undefined) return explainRelease(context, name, release);
        return explainFile(context, name, { ...options, token: promisedToken(command) });
      }),
    );
};
