/** What `sluice rules backtest` does with its words: reads the files, asks the history, prints and writes the answer. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../lib/clock.ts';
import { formatFileError } from '../../lib/config-file/file-error.ts';
import { messageOf } from '../../lib/message-of.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { prometheusHistory } from '../../metrics/prometheus-history.ts';
import { defaultPlan } from '../../release/plan.ts';
import type { Policy } from '../../release/policy.ts';
import { type Backtest, type BacktestOptions, backtest } from '../../tuning/backtest/backtest.ts';
import type { JudgedBy } from '../../tuning/backtest/docket.ts';
import { limitOf } from '../../tuning/backtest/harm.ts';
import { backtestPage } from '../../tuning/backtest/html-page.ts';
import { utc } from '../../tuning/backtest/html-text.ts';
import { defaultJudgeSettings, statedDispersion } from '../../verdict/settings.ts';
import type { Context } from '../context.ts';
import { emit, outputWidth } from '../emit.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { backtestLines } from '../render/backtest-table.ts';
import { type LoadedRules, loadRules } from '../rules-load.ts';
import { noProgress, progressLine } from './backtest-progress.ts';
import type { BacktestWords } from './backtest-words.ts';
import { benchInThreads } from './bench-threads.ts';
import { surveyInThread } from './survey-thread.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** What a rule file is compared with where nothing else is named, and nothing was recorded. */
const shippedRules = fileURLToPath(new URL('../../../rules/production.yaml', import.meta.url));

export async function runBacktest(context: Context, words: BacktestWords): Promise<ExitCode> {
  const ready = await prepare(words);
  if (!ready.ok) return context.fail(ready.error);
  const progress = context.quiet ? noProgress : progressLine(process.stderr, () => systemClock.monotonicMs());
  const interruption = untilInterrupted();
  const result = await backtest({ ...ready.value, signal: interruption.signal, onProgress: progress.show });
  interruption.end();
  progress.end();
  if (!result.ok && interruption.signal.aborted) {
    context.remark('stopped: nothing was judged yet');
    return exitCodes.interrupted;
  }
  if (!result.ok) return context.fail(result.error);
  show(context, result.value);
  const written = await writePage(result.value, { words, options: ready.value, context });
  if (!written.ok) return context.fail(written.error);
  return exitCodeOf(context, result.value, words);
}

type Ready = Omit<BacktestOptions, 'signal' | 'onProgress'>;

async function prepare(words: BacktestWords): Promise<Result<Ready, string>> {
  if (words.from >= words.to) return failed('--from must be before --to');
  const tried = await loaded(words.rules, words);
  if (!tried.ok) return tried;
  const against = await loaded(words.against ?? shippedRules, words);
  if (!against.ok) return against;
  const { policy } = tried.value;
  const server = serverOf(words, policy);
  if (!server.ok) return server;
  return ok({
    survey: surveyInThread(server.value),
    bench: benchInThreads(server.value),
    fromMs: words.from,
    toMs: words.to,
    old: judgedBy(against.value, policy, words),
    oldBy: words.against === undefined ? 'recorded' : 'replayed',
    new: judgedBy(tried.value, policy, words),
    plan: policy?.plan ?? defaultPlan,
    select: words.select,
    traces: {
      versionLabel: words.versionLabel ?? versionLabelOf(policy),
      annotation: words.annotation ?? null,
      policy: policy?.name ?? null,
    },
    chunkMs: words.chunk,
    withinMs: words.within,
    clock: systemClock,
  });
}

async function loaded(file: string, { preset, resources }: BacktestWords): Promise<Result<LoadedRules, string>> {
  const rules = await loadRules(file, { preset, resources, intervalMs: null });
  return rules.ok ? rules : failed(rules.error.map(formatFileError).join('\n'));
}

/** A rule file has no judge of its own: both sets are judged as the tried policy says. */
function judgedBy(own: LoadedRules, tried: Policy | null, { dispersion }: BacktestWords): JudgedBy {
  const judge = own.policy?.judge ?? tried?.judge ?? defaultJudgeSettings;
  return {
    rules: own.subject.set,
    judge: dispersion === undefined ? judge : { ...judge, ...statedDispersion(dispersion) },
  };
}

/** The label that a policy fills with the revision. */
function versionLabelOf(policy: Policy | null): string {
  if (policy?.metrics.preset === 'proxy') return 'revision';
  const own = Object.entries(policy?.metrics.labels ?? {}).find(([, template]) => template === '$revision');
  return own?.[0] ?? 'version';
}

type Server = Parameters<typeof prometheusHistory>[0];

/** One question may take as long as Prometheus itself allows. */
const questionMs = 120_000;

function serverOf({ prometheus }: BacktestWords, policy: Policy | null): Result<Server, string> {
  if (prometheus !== undefined) {
    if (!/^https?:\/\//.test(prometheus) || !URL.canParse(prometheus))
      return failed(`--prometheus ${prometheus} is no http or https address`);
    return ok({ name: 'prometheus', url: prometheus, timeoutMs: questionMs });
  }
  const spec = policy === null ? undefined : policy.sources[policy.metrics.source];
  if (spec?.kind === 'prometheus') return ok({ name: policy?.metrics.source ?? '', ...spec, timeoutMs: questionMs });
  return failed(
    'which Prometheus has the history? name it with --prometheus URL, or give a policy whose source is one',
  );
}

function show(context: Context, result: Backtest): void {
  const { rows, ...others } = result;
  const value = { ...others, rows: rows.map(({ points: _points, ...row }) => row) };
  emit(context, {
    value,
    names: rows.map(({ version }) => version),
    lines: () => backtestLines(result, { width: outputWidth(), paint: context.paint }),
  });
}

interface Page {
  readonly words: BacktestWords;
  readonly options: Ready;
  readonly context: Context;
}

async function writePage(result: Backtest, { words, options, context }: Page): Promise<Result<void, string>> {
  if (words.html === undefined) return ok(undefined);
  const recorded = words.against === undefined ? 'what Sluice recorded, else the shipped rules' : words.against;
  const errors = options.new.rules.rules.find(({ sli }) => sli.kind === 'ratio');
  const errorLimit = errors === undefined ? null : limitOf(errors);
  try {
    await writeFile(words.html, backtestPage(result, { rules: words.rules, against: recorded, errorLimit }));
    context.remark(`wrote ${words.html}`);
    return ok(undefined);
  } catch (error) {
    return failed(`--html ${words.html}: ${messageOf(error)}`);
  }
}

function exitCodeOf(context: Context, result: Backtest, { failOn }: BacktestWords): ExitCode {
  const { stoppedAtMs, failure, totals } = result;
  if (stoppedAtMs !== null) {
    const upTo = `stopped: judged up to ${utc(stoppedAtMs)} UTC, the rest is not in these numbers`;
    if (failure !== null) return context.fail(`${failure}; ${upTo}`);
    context.remark(upTo);
    return exitCodes.interrupted;
  }
  return failOn.some((mark) => totals[mark] > 0) ? exitCodes.notDelivered : exitCodes.ok;
}
