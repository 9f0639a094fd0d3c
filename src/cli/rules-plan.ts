/** `sluice rules plan FILE`: what the rules can see at the traffic there is, before a rollout finds out. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { ok, type Result } from '../lib/result.ts';
import { defaultPlan } from '../release/plan.ts';
import type { Policy } from '../release/policy.ts';
import { resourcePresets } from '../rules/presets.ts';
import type { LabelValues } from '../rules/promql.ts';
import { requestPresets } from '../rules/request-metrics.ts';
import type { PresetChoice } from '../rules/sli-choice.ts';
import { forecast } from '../tuning/plan/forecast.ts';
import { defaultJudgeSettings, type JudgeSettings, statedDispersion } from '../verdict/settings.ts';
import { type Context, runWith } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { rulesCommand } from './rules-command.ts';
import { type LoadedRules, loadRules } from './rules-load.ts';
import { durationOption, labelValue, webAddress } from './rules-online.ts';
import { type PlanAsked, type PlanHistory, planHistory, planSource } from './rules-plan-history.ts';
import { planLines } from './rules-plan-lines.ts';
import { planJson, type RulesPlan, unjudgeable } from './rules-plan-report.ts';

interface PlanOptions extends PresetChoice {
  readonly rate?: number;
  readonly stableErrors?: number;
  readonly prometheus?: string;
  readonly caFile?: string;
  readonly label?: LabelValues;
  readonly versionLabel?: string;
  readonly dispersion?: number;
  readonly timeout: number;
  readonly releasesPerMonth?: number;
  readonly failOn?: 'unjudgeable';
}

const help = `
Without --rate the traffic is what the policy's Prometheus (or --prometheus) saw
in the last week: at this hour of the day, and in the hour that had least. How
much each rule's bad requests come in bursts is learned from the same week, as a
start learns it; --rate with --prometheus learns that alone.

Examples:
  $ sluice rules plan policy.yaml
  $ sluice rules plan policy.yaml \\
      --prometheus http://localhost:9090 --label job=app
  $ sluice rules plan rules/production.yaml --rate 100/s --stable-errors 0.05%
  $ sluice rules plan policy.yaml --rate 10/s --fail-on unjudgeable -o json`;

export const registerRulesPlan = (program: Command): void => {
  rulesCommand(program)
    .command('plan')
    .description('what each rule can see at each step: passes, convictions, false alarms, and what would help')
    .argument('<file>', 'a policy, or a rule file (with the default plan)')
    .option('--rate <number/s>', 'traffic of the whole service instead of what Prometheus saw', rate)
    .option('--stable-errors <percent>', 'share of the requests that fail without any release', share)
    .option('--prometheus <url>', "ask this server instead of the policy's", webAddress)
    .option('--ca-file <file>', 'certificate authority to trust, PEM')
    .option('--label <label=value>', "label of the service's own series; may be given again", labelValue)
    .option('--version-label <label>', 'label that names the version; default: as the policy says, else version')
    .option(
      '--dispersion <number>',
      "how much errors come in bursts, from 1; default: the policy's, else learned from the history, else 3",
      dispersion,
    )
    .addOption(
      new Option('--timeout <duration>', 'deadline for asking').argParser(durationOption).default(30_000, '30s'),
    )
    .option(
      '--releases-per-month <count>',
      'to reckon the false alarms of a month; default: as many as the history shows, else 20',
      positive,
    )
    .addOption(new Option('--fail-on <what>', 'exit 1 when a critical rule can judge nothing').choices(['unjudgeable']))
    .addOption(
      new Option('--preset <name>', "whose counters a rule file's names mean").choices(requestPresets).default('app'),
    )
    .addOption(new Option('--resources <name>', 'whose CPU, memory and disk').choices(resourcePresets).default('host'))
    .addHelpText('after', help)
    .action(runWith(plan));
};

const plan = async (context: Context, file: string, options: PlanOptions): Promise<ExitCode> => {
  const loaded = await loadRules(file, { ...options, intervalMs: null });
  if (!loaded.ok) {
    for (const error of loaded.error) context.remark(formatFileError(error));
    return exitCodes.trouble;
  }
  const given = { loaded: loaded.value, judge: judgeOf(loaded.value, options), options };
  const found = await historyFor(context, given);
  if (!found.ok) return context.fail(found.error);
  const report = reportOf(file, { ...given, found: found.value });
  const blind = unjudgeable(report);
  emit(context, {
    value: planJson(report),
    names: blind.map(({ rule, weight }) => `${rule}/${weight}`),
    lines: () => planLines(report, { width: Math.min(100, outputWidth()), paint: context.paint }),
  });
  if (options.failOn !== 'unjudgeable' || blind.length === 0) return exitCodes.ok;
  const which = blind.map(({ rule, weight, traffic: level }) => `${rule} at ${weight} % (${level})`).join(', ');
  context.remark(`sluice: unjudgeable: ${which}`);
  return exitCodes.notDelivered;
};

interface Given {
  readonly loaded: LoadedRules;
  readonly judge: JudgeSettings;
  readonly found: PlanHistory;
  readonly options: PlanOptions;
}

function reportOf(file: string, { loaded: { policy, subject }, judge, found, options }: Given): RulesPlan {
  const { dispersion, notes } = found.known;
  const given = { rules: subject.set, judge, dispersion, plan: policy?.plan ?? defaultPlan };
  return {
    file,
    plan: given.plan,
    judge,
    dispersion,
    alpha: judge.alpha,
    releases: options.releasesPerMonth ?? found.traffic.releasesAMonth ?? 20,
    levels: found.traffic.levels.map(({ name, trafficOf }) => ({ name, rules: forecast({ ...given, trafficOf }) })),
    remarks: [...found.traffic.remarks, ...notes.map(({ message }) => message)],
  };
}

function judgeOf({ policy, subject }: LoadedRules, { dispersion }: PlanOptions): JudgeSettings {
  const judge = { ...(policy?.judge ?? defaultJudgeSettings), rules: subject.set.rules.length };
  return dispersion === undefined ? judge : { ...judge, ...statedDispersion(dispersion) };
}

async function historyFor(
  { quiet, tokenFile }: Context,
  { loaded: { policy, subject }, judge, options }: Omit<Given, 'found'>,
): Promise<Result<PlanHistory, string>> {
  const { caFile, prometheus, rate: told, timeout: timeoutMs } = options;
  const source =
    told !== undefined && prometheus === undefined
      ? ok(null)
      : planSource({ policy, prometheus, caFile, tokenFile, timeoutMs });
  if (!source.ok) return source;
  const asked: PlanAsked = {
    ...{ rules: subject.set, judge, plan: policy?.plan ?? defaultPlan, timeoutMs },
    rate: told ?? null,
    stableRatio: options.stableErrors ?? null,
    labels: options.label ?? {},
    versionLabel: options.versionLabel ?? versionLabel(policy) ?? 'version',
    progress: quiet ? 'off' : 'on',
  };
  return planHistory(asked, source.value);
}

const versionLabel = (policy: Policy | null): string | undefined =>
  Object.entries(policy?.metrics.labels ?? {}).find(([, template]) => template === '$revision')?.[0];

const number = (text: string, pattern: RegExp, example: string): number => {
  const found = pattern.exec(text.trim());
  const value = Number(found?.[1]);
  if (found === null || !Number.isFinite(value)) throw new InvalidArgumentError(`Write ${example}.`);
  return value;
};

const rate = (text: string): number => number(text, /^(\d+(?:\.\d+)?)\/s$/, 'requests a second, such as 100/s');

const share = (text: string): number => number(text, /^(\d{1,2}(?:\.\d+)?) ?%$/, 'a share such as 0.05%') / 100;

const dispersion = (text: string): number => {
  const value = number(text, /^(\d+(?:\.\d+)?)$/, 'a number from 1 on');
  if (value < 1) throw new InvalidArgumentError('Write a number from 1 on.');
  return value;
};

const positive = (text: string): number => number(text, /^(\d+)$/, 'a whole number');
