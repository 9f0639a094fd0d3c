/** `sluice rules check FILE...`: every mistake of rule files and policies, what makes no sense in them, or what they say. */
import { type Command, Option } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { type FileError, inFileOrder } from '../lib/config-file/file-error.ts';
import { ok, type Result } from '../lib/result.ts';
import { type ResourcePreset, resourcePresets } from '../rules/presets.ts';
import { type RequestPreset, requestPresets } from '../rules/request-metrics.ts';
import { checkRules } from '../tuning/check/check-rules.ts';
import type { Finding } from '../tuning/check/finding.ts';
import { checkOnline, type OnlineFindings } from '../tuning/check/online/check-online.ts';
import { exitCodes } from './exit-codes.ts';
import { progressLine } from './progress-line.ts';
import { rulesCommand } from './rules-command.ts';
import {
  asFinding,
  type FileReport,
  findingLines,
  hasErrors,
  jsonText,
  summaryText,
  warningsOf,
} from './rules-findings.ts';
import { type LoadedRules, loadRules } from './rules-load.ts';
import {
  armsHere,
  durationOption,
  type OnlineOptions,
  onlineSource,
  promisedToken,
  withinDeadline,
  withOnlineOptions,
} from './rules-online.ts';
import { policySummary, rulesSummary } from './rules-summary.ts';

interface CheckOptions extends OnlineOptions {
  readonly preset: RequestPreset;
  readonly resources: ResourcePreset;
  readonly interval?: number;
  readonly strict?: true;
}

interface Given {
  readonly options: CheckOptions;
  readonly tokenFile: string | null;
  readonly quiet: boolean;
}

const unread = (file: string, errors: readonly FileError[]): FileReport => ({
  file,
  summary: null,
  rules: [],
  findings: errors.map(asFinding),
  notAsked: [],
  unasked: null,
});

const summaryOf = (file: string, { policy, subject: { set } }: LoadedRules): string =>
  policy === null ? rulesSummary(file, set) : policySummary(file, policy) + rulesSummary(set.file, set);

const nothingAsked: OnlineFindings = { findings: [], notAsked: [] };

const askOnline = async (loaded: LoadedRules, given: Given): Promise<Result<OnlineFindings, string>> => {
  const asking = { policy: loaded.policy, options: given.options, tokenFile: given.tokenFile };
  const source = onlineSource(asking);
  if (!source.ok) return source;
  if (source.value === null) return ok(nothingAsked);
  const { name } = source.value.source;
  const line = progressLine(given.quiet ? 'off' : 'on');
  let doing = `asking ${name}`;
  const onRule = (rule: string, index: number, count: number): void => {
    doing = `asking ${name} about ${rule} (${index + 1} of ${count})`;
    line.show(doing);
  };
  const work = checkOnline(loaded.subject, {
    ...source.value,
    arms: armsHere(asking),
    nowMs: systemClock.wallMs(),
    withinMs: given.options.timeout,
    onRule,
  });
  const found = await withinDeadline(work, { timeoutMs: given.options.timeout, doing: () => doing });
  line.end();
  return found;
};

/** What the source shows of the scrapes stands for what the file says of them. */
const together = (offline: readonly Finding[], online: readonly Finding[]): readonly Finding[] => {
  const place = ({ file, line, col, check }: Finding): string => `${file}:${line}:${col} ${check}`;
  const seen = new Set(online.map(place));
  return inFileOrder([...offline.filter((each) => !seen.has(place(each))), ...online]);
};

const checkFile = async (file: string, given: Given): Promise<FileReport> => {
  const { preset, resources, interval } = given.options;
  const loaded = await loadRules(file, { preset, resources, intervalMs: interval ?? null });
  if (!loaded.ok) return unread(file, loaded.error);
  const offline = checkRules(loaded.value.subject);
  const online = await askOnline(loaded.value, given);
  const found = online.ok ? online.value : nothingAsked;
  return {
    file,
    summary: summaryOf(file, loaded.value),
    rules: loaded.value.subject.set.rules.map(({ name }) => name),
    findings: together(offline, found.findings),
    notAsked: found.notAsked,
    unasked: online.ok ? null : online.error,
  };
};

const help = `
A warning is about something that works, though probably not as it was meant;
--strict makes it count as an error. With --prometheus or --online the server is
asked, too: whether every query gives data now, for both versions where --canary
and --stable say how to tell them apart (a policy tells of stable), whether
labels and buckets exist, and how often it scrapes. --token-file FILE names a
file with a bearer token for it.

Examples:
  $ sluice rules check rules/production.yaml
  $ sluice rules check --strict --interval 15s rules/*.yaml policy.yaml
  $ sluice rules check --prometheus http://prometheus:9090 \\
      --canary track=canary --stable track=stable rules.yaml
  $ sluice rules check --online policy.yaml`;

interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const tell = (reports: readonly FileReport[], format: string, { out, err }: Output): void => {
  if (format === 'json') return out(jsonText(reports));
  for (const report of reports) {
    out(summaryText(report));
    err(findingLines(report));
  }
};

/** 0 when all files are good: without an error, and with `--strict` without a warning. */
const exitCodeOf = (reports: readonly FileReport[], { strict }: CheckOptions, { err }: Output): 0 | 3 => {
  if (reports.some(hasErrors)) return exitCodes.trouble;
  const warnings = reports.reduce((sum, report) => sum + warningsOf(report), 0);
  if (strict === undefined || warnings === 0) return exitCodes.ok;
  err(`--strict: ${warnings} warning${warnings === 1 ? ' counts' : 's count'} as errors\n`);
  return exitCodes.trouble;
};

export const registerRulesCheck = (program: Command): void => {
  const command = rulesCommand(program)
    .command('check')
    .description('print every mistake of rule files and policies, or what they say; exit 0 or 3')
    .argument('<file...>', 'rule files or policies')
    .addOption(
      new Option('--preset <name>', "whose counters a rule file's names mean").choices(requestPresets).default('app'),
    )
    .addOption(new Option('--resources <name>', 'whose CPU, memory and disk').choices(resourcePresets).default('host'))
    .option('--interval <duration>', 'time from one scrape to the next, to check windows against', durationOption)
    .option('--strict', 'warnings count as errors');
  withOnlineOptions(command)
    .addHelpText('after', help)
    .action(async (files: readonly string[], options: CheckOptions) => {
      const { output = 'table', quiet = false } = command.optsWithGlobals<{ output?: string; quiet?: boolean }>();
      const write = command.configureOutput();
      const to: Output = { out: (text) => write.writeOut?.(text), err: (text) => write.writeErr?.(text) };
      const given: Given = { options, tokenFile: promisedToken(command), quiet };
      const reports: FileReport[] = [];
      for (const file of files) reports.push(await checkFile(file, given));
      tell(reports, output, to);
      const exitCode = exitCodeOf(reports, options, to);
      if (exitCode !== exitCodes.ok) process.exitCode = exitCode;
    });
};
