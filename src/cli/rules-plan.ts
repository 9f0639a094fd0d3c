/** `sluice rules plan FILE`: what the rules can see at the traffic there is, before a rollout finds out. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { HistorySource } from '../metrics/history.ts';
import { prometheusHistory } from '../metrics/prometheus-history.ts';
import { defaultPlan } from '../release/plan.ts';
import type { Policy } from '../release/policy.ts';
import { resourcePresets } from '../rules/presets.ts';
import type { LabelValues } from '../rules/promql.ts';
import { requestPresets } from '../rules/request-metrics.ts';
import type { PresetChoice } from '../rules/sli-choice.ts';
import { forecast } from '../tuning/plan/forecast.ts';
import { defaultJudgeSettings } from '../verdict/settings.ts';
import { type Context, runWith } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { progressLine } from './progress-line.ts';
import { rulesCommand } from './rules-command.ts';
import { type LoadedRules, loadRules } from './rules-load.ts';
import { labelValue, webAddress } from './rules-online.ts';
import { planLines } from './rules-plan-lines.ts';
import { planJson, type RulesPlan, unjudgeable } from './rules-plan-report.ts';
import { type KnownTraffic, rememberedTraffic, toldTraffic } from './rules-plan-traffic.ts';

interface PlanOptions extends PresetChoice {
  readonly rate?: number;
  readonly stableErrors?: number;
  readonly prometheus?: string;
  readonly caFile?: string;
  readonly label?: LabelValues;
  readonly versionLabel?: string;
  readonly dispersion?: number;
  readonly releasesPerMonth?: number;
  readonly failOn?: 'unjudgeable';
}

const help = `
Without --rate the traffic is what the policy's Prometheus (or --prometheus) saw in the last week: at this hour of
the day, and in the hour that had least.

Examples:
  $ sluice rules plan policy.yaml
  $ sluice rules plan policy.yaml --prometheus http://localhost:9090 --label job=app
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
      "how much errors come in bursts, from 1; default: the policy's, else 3",
      dispersion,
    )
    .option('--releases-per-month <count>', 'default: as many as the history shows, else 20', positive)
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
  const traffic = await trafficFor(context, loaded.value, options);
  if (!traffic.ok) return context.fail(traffic.error);
  const report = reportOf(file, { loaded: loaded.value, traffic: traffic.value, options });
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
  readonly traffic: KnownTraffic;
  readonly options: PlanOptions;
}

function reportOf(file: string, { loaded: { policy, subject }, traffic, options }: Given): RulesPlan {
  const rules = subject.set;
  const settings = policy?.judge ?? defaultJudgeSettings;
  const judge = { ...settings, phi: options.dispersion ?? settings.phi, rules: rules.rules.length };
  const given = { rules, judge, plan: policy?.plan ?? defaultPlan };
  return {
    file,
    plan: given.plan,
    judge,
    alpha: judge.alpha,
    releases: options.releasesPerMonth ?? traffic.releasesAMonth ?? 20,
    levels: traffic.levels.map(({ name, trafficOf }) => ({ name, rules: forecast({ ...given, trafficOf }) })),
    remarks: traffic.remarks,
  };
}

async function trafficFor(
  context: Context,
  { policy, subject }: LoadedRules,
  options: PlanOptions,
): Promise<Result<KnownTraffic, string>> {
  const stableRatio = options.stableErrors ?? null;
  if (options.rate !== undefined) return ok(toldTraffic(options.rate, stableRatio));
  const source = historyOf(policy, options, context.tokenFile);
  if (!source.ok) return source;
  const progress = progressLine(context.quiet ? 'off' : 'on');
  const known = await rememberedTraffic(subject.set, {
    source: source.value,
    labels: options.label ?? {},
    versionLabel: options.versionLabel ?? versionLabel(policy) ?? 'version',
    stableRatio,
    nowMs: Date.now(),
    show: progress.show,
  });
  progress.end();
  return known;
}

const versionLabel = (policy: Policy | null): string | undefined =>
  Object.entries(policy?.metrics.labels ?? {}).find(([, template]) => template === '$revision')?.[0];

function historyOf(
  policy: Policy | null,
  { prometheus, caFile }: PlanOptions,
  tokenFile: string | null,
): Result<HistorySource, string> {
  const timeoutMs = 20_000;
  if (prometheus !== undefined)
    return ok(prometheusHistory({ name: prometheus, url: prometheus, timeoutMs, tokenFile, caFile: caFile ?? null }));
  if (policy === null)
    return failed('a rule file has no Prometheus of its own: give --prometheus URL, or --rate 100/s');
  const name = policy.metrics.source;
  const spec = policy.sources[name];
  return spec?.kind === 'prometheus'
    ? ok(prometheusHistory({ name, ...spec, timeoutMs }))
    : failed(`source ${name} of the policy remembers nothing: give --prometheus URL, or --rate 100/s`);
}

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
