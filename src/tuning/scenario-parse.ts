/** A scenario file: text to scenarios, or every mistake in it with its place. */
import { dirname } from 'node:path';
import { type FileError, inFileOrder } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { checkPart, errorAt } from '../lib/config-file/schema-errors.ts';
import type { Source } from '../lib/config-file/source-text.ts';
import { type Path, placeOf } from '../lib/config-file/yaml-document.ts';
import { parseYaml, type YamlFile } from '../lib/config-file/yaml-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { compressJudge, compressPlan, compressRules } from '../release/compress.ts';
import { fromFolder } from '../release/policy-fields.ts';
import { judgeFrom } from '../release/policy-judge.ts';
import { planFrom, planIssues } from '../release/policy-plan.ts';
import type { RuleSet } from '../rules/rule.ts';
import { parseRules, readRules } from '../rules/rule-file.ts';
import { eventsFrom } from './event-words.ts';
import { expectationFrom, outcomeFrom } from './expect-words.ts';
import { recordedFrom } from './recording/recorded-from.ts';
import { recordingErrors } from './recording/recording-errors.ts';
import type { GivenSeries, Metrics, Scenario } from './scenario.ts';
import { nameErrors } from './scenario-names.ts';
import { type ScenarioFileWords, type ScenarioWords, scenarioFileWords } from './scenario-schema.ts';
import { givenSeries } from './series-words.ts';
import { trafficFrom } from './traffic-words.ts';

type Checked<T> = Result<T, readonly FileError[]>;

/** Reads the rule file that it names, and no other. Never rejects. */
const readScenarios = async (yaml: YamlFile): Promise<Checked<readonly Scenario[]>> => {
  const { data } = yaml.document;
  const checked = checkPart(yaml, { schema: scenarioFileWords, data, path: [] });
  if (!checked.ok) return failed(inFileOrder(checked.error));
  const words = checked.value;
  const rules = await rulesOf(yaml, words);
  const together = togetherErrors(yaml, words);
  if (!rules.ok) return failed(inFileOrder([...together, ...rules.error]));
  const scenarios = words.scenarios.map((each, n) => scenarioFrom({ yaml, words, rules: rules.value }, each, n));
  const errors = [...together, ...scenarios.flatMap((each) => (each.ok ? [] : each.error))];
  if (errors.length > 0) return failed(inFileOrder(errors));
  return ok(scenarios.flatMap((each) => (each.ok ? [each.value] : [])));
};

/** Never rejects. */
export const parseScenarios = async (source: Source, file: string): Promise<Checked<readonly Scenario[]>> => {
  const yaml = await parseYaml(source, file);
  return yaml.ok ? readScenarios(yaml.value) : yaml;
};

const rulesOf = async (yaml: YamlFile, words: ScenarioFileWords): Promise<Checked<RuleSet>> => {
  const options = {
    preset: words.preset ?? 'app',
    resources: words.resources ?? 'host',
    noCritical: 'accepted',
  } as const;
  const { file, inline } = words.rules;
  if (inline !== undefined) return readRules(yaml, { data: inline, path: ['rules', 'inline'] }, options);
  const path = fromFolder(dirname(yaml.file), file) ?? '';
  const bytes = await readConfigFile(path);
  if (bytes.ok) return parseRules(bytes.value, { file: path, ...options });
  return failed([errorAt(yaml, { path: ['rules', 'file'] }, `file ${file}: ${bytes.error.message}`)]);
};

/** What plans get wrong, and names that two scenarios share. */
const togetherErrors = (yaml: YamlFile, words: ScenarioFileWords): readonly FileError[] => {
  const { data } = yaml.document;
  const plans: readonly (readonly [Path, unknown])[] = [
    [['plan'], words.plan === undefined ? undefined : at(data, ['plan'])],
    ...words.scenarios.map((_, n) => [['scenarios', n, 'plan'], at(data, ['scenarios', n, 'plan'])] as const),
  ];
  const wrong = plans.flatMap(([path, plan]) =>
    plan === undefined
      ? []
      : planIssues(plan, null).map((issue) => errorAt(yaml, { path: [...path, ...issue.path] }, issue.message)),
  );
  const names = words.scenarios.map(({ name }) => name);
  const twice = names.flatMap((name, n) =>
    names.indexOf(name) === n
      ? []
      : [errorAt(yaml, { path: ['scenarios', n, 'name'] }, `two scenarios are named ${JSON.stringify(name)}`)],
  );
  return [...wrong, ...twice];
};

const at = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Readonly<Record<string | number, unknown>>)[key], data);

interface File {
  readonly yaml: YamlFile;
  readonly words: ScenarioFileWords;
  readonly rules: RuleSet;
}

const defaultIntervalMs = 15_000;
const defaultReplicas = 4;

function scenarioFrom({ yaml, words: file, rules }: File, words: ScenarioWords, n: number): Checked<Scenario> {
  const path: Path = ['scenarios', n];
  const place = (...parts: Path): Scenario['at'] => placeOf(yaml.document, [...path, ...parts]).value;
  const replicas = words.replicas ?? file.replicas ?? defaultReplicas;
  const metrics = metricsOf(yaml, words, path);
  if (!metrics.ok) return metrics;
  const compression = file.compression ?? 1;
  const scenario: Scenario = {
    name: words.name,
    file: yaml.file,
    at: place(),
    rules: compressRules(rules, compression),
    plan: compressPlan(planFrom(words.plan ?? file.plan ?? {}), compression),
    judge: compressJudge(judgeFrom(words.judge ?? file.judge ?? {}, words.confidence ?? file.confidence), compression),
    compression,
    mode: words.mode ?? file.mode ?? 'enforce',
    intervalMs: words.interval ?? file.interval ?? defaultIntervalMs,
    replicas,
    readyAfterMs: [words.readyAfter ?? file.readyAfter ?? 0].flat(),
    metrics: metrics.value,
    events: eventsFrom(words.events ?? []),
    expected: (words.expect ?? []).map((each, index) => expectationFrom(each, place('expect', index))),
    outcome: words.outcome === undefined ? null : outcomeFrom(words.outcome, place('outcome')),
    untilMs: words.until ?? null,
  };
  const naming = { words, path, rules };
  const errors = [...nameErrors(yaml, naming), ...recordingErrors(yaml, naming)];
  return errors.length > 0 ? failed(errors) : ok(scenario);
}

function metricsOf(yaml: YamlFile, words: ScenarioWords, path: Path): Checked<Metrics> {
  const { traffic, input_series: given, recording } = words;
  if (recording !== undefined) return ok({ kind: 'recording', recorded: recordedFrom(recording) });
  if (traffic !== undefined) return ok({ kind: 'traffic', traffic: trafficFrom(traffic), seed: traffic.seed ?? null });
  const of = (side: 'canary' | 'stable' | 'neither'): Checked<readonly GivenSeries[]> =>
    givenSeries(yaml, given?.[side] ?? [], [...path, 'input_series', side]);
  const [canary, stable, neither] = [of('canary'), of('stable'), of('neither')];
  if (canary.ok && stable.ok && neither.ok)
    return ok({ kind: 'series', canary: canary.value, stable: stable.value, neither: neither.value });
  return failed([canary, stable, neither].flatMap((each) => (each.ok ? [] : each.error)));
}
