/** A rule of a file or a policy explained, without a release: by what is stated, or by what a metric source shows. */
import { falseAlarm } from '../../gate/false-alarm.ts';
import { knownOf } from '../../gate/known.ts';
import { formatFileError } from '../../lib/config-file/file-error.ts';
import { failed, type Result } from '../../lib/result.ts';
import type { ResourcePreset } from '../../rules/presets.ts';
import type { RequestPreset } from '../../rules/request-metrics.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Explained, explainRule } from '../../tuning/explain/explain-rule.ts';
import type { AtTraffic } from '../../tuning/explain/minutes.ts';
import type { SideNow } from '../../tuning/explain/numbers-now.ts';
import type { History } from '../../verdict/dispersion.ts';
import { type Dispersion, defaultJudgeSettings, type JudgeSettings, withDispersion } from '../../verdict/settings.ts';
import type { Context } from '../context.ts';
import { emit, outputWidth } from '../emit.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type LoadedRules, loadRules } from '../rules-load.ts';
import { type Asking, armsHere, type OnlineOptions } from '../rules-online.ts';
import { askSource } from './ask-source.ts';
import { findRule } from './find-rule.ts';
import { explanationLines } from './text.ts';

export interface ExplainOptions extends OnlineOptions {
  readonly rules?: string;
  readonly policy?: string;
  readonly release?: string;
  readonly preset: RequestPreset;
  readonly resources: ResourcePreset;
  readonly rate?: number;
  readonly weight?: number;
  readonly details?: true;
}

const load = async (options: ExplainOptions): Promise<Result<LoadedRules, string>> => {
  const { rules, policy, preset, resources } = options;
  const loaded = await loadRules(rules ?? policy ?? '', { preset, resources, intervalMs: null });
  return loaded.ok ? loaded : failed(loaded.error.map(formatFileError).join('\n'));
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

export const explainByFile = async (
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
  const seen = await askSource(rule.value, asking, context);
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
