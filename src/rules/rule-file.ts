/** A rule file, or the rules inside a policy: text to a rule set, or every mistake in it with its place. */
import { type FileError, fileError, inFileOrder } from '../lib/config-file/file-error.ts';
import { placeInside } from '../lib/config-file/place-inside.ts';
import { checkPart, errorAt } from '../lib/config-file/schema-errors.ts';
import { isMap, soundParts } from '../lib/config-file/sound-parts.ts';
import type { Source } from '../lib/config-file/source-text.ts';
import { type Path, placeOf } from '../lib/config-file/yaml-document.ts';
import { parseYaml, type YamlFile } from '../lib/config-file/yaml-file.ts';
import { contentHash } from '../lib/content-hash.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Rule, RuleSet } from './rule.ts';
import { missingWords, ruleIssues, rulesFromWords } from './rule-from-words.ts';
import { criticalWord, policyWordError, setErrors, tooManyRules } from './rule-set-checks.ts';
import { ruleWords } from './schema.ts';
import type { PresetChoice, WordIssue } from './sli-choice.ts';

export interface RulesOptions extends Partial<PresetChoice> {
  /** As messages name it. */
  readonly file: string;
  /** A policy may accept a set without a critical rule; the file itself says it with `critical: none`. */
  readonly noCritical?: 'refused' | 'accepted';
  /** What else the set must hold, to be accepted: whether it fits a policy. */
  readonly check?: (set: RuleSet) => readonly FileError[];
}

/** The part of a YAML file that holds rules. */
export interface RulesPart {
  readonly data: unknown;
  readonly path: Path;
}

const ruleNamePattern = /^[a-z][a-z0-9_]{0,63}$/;

type Checked<T> = Result<T, readonly FileError[]>;

interface Reading {
  readonly yaml: YamlFile;
  readonly path: Path;
  readonly presets: PresetChoice;
}

const issueError = (reading: Reading, name: string, issue: WordIssue): FileError => {
  const path = [...reading.path, name, ...(issue.word === null ? [] : [issue.word])];
  if (issue.offset !== undefined)
    return fileError(reading.yaml.file, placeInside(reading.yaml, path, issue.offset), issue.message);
  return errorAt(reading.yaml, { path, anchor: issue.word === null ? 'key' : 'value' }, issue.message);
};

/** What else is wrong, as far as the sound words tell; nothing when it can't be told what the rule measures. */
const furtherIssues = (reading: Reading, name: string, data: unknown): readonly FileError[] => {
  if (!isMap(data)) return [];
  const words = soundParts(ruleWords, data);
  if (('query' in data && !words.query) || ('preset' in data && !words.preset)) return [];
  return ruleIssues({ name, words }, reading.presets).map((issue) => issueError(reading, name, issue));
};

const readRule = (reading: Reading, name: string, data: unknown): Checked<readonly Rule[]> => {
  const path = [...reading.path, name];
  if (!ruleNamePattern.test(name)) {
    const message = `the rule name ${JSON.stringify(name.slice(0, 70))} must be lower-case letters, digits and _`;
    return failed([errorAt(reading.yaml, { path, anchor: 'key' }, message)]);
  }
  const checked = checkPart(reading.yaml, { schema: ruleWords, data, path });
  const missing = isMap(data) ? missingWords(name, data).map((issue) => issueError(reading, name, issue)) : [];
  if (!checked.ok) return failed([...checked.error, ...missing, ...furtherIssues(reading, name, data)]);
  if (missing.length > 0) return failed([...missing, ...furtherIssues(reading, name, data)]);
  const line = placeOf(reading.yaml.document, path).key.line;
  const rules = rulesFromWords({ name, words: checked.value }, reading.presets, { file: reading.yaml.file, line });
  return rules.ok ? rules : failed(rules.error.map((issue) => issueError(reading, name, issue)));
};

/** Two sets that judge alike have one hash: comments, layout, order and the file's name do not count. */
const setHash = (rules: readonly Rule[]): string =>
  contentHash(
    rules.map(({ at: _, thresholdText: __, ...rest }) => rest).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );

/** The rules in a part of a file that was parsed already. */
export const readRules = (yaml: YamlFile, part: RulesPart, options: Omit<RulesOptions, 'file'>): Checked<RuleSet> => {
  const presets = { preset: options.preset ?? 'app', resources: options.resources ?? 'host' };
  const reading: Reading = { yaml, path: part.path, presets };
  const { data } = part;
  if (!isMap(data)) return failed([errorAt(yaml, part, 'rules are a map: a name, then what is healthy')]);
  const foreign = policyWordError(yaml, { data, path: part.path });
  if (foreign !== null) return failed([foreign]);
  const results = Object.entries(data)
    .filter(([name]) => name !== criticalWord)
    .map(([name, words]) => readRule(reading, name, words));
  const errors = [
    ...setErrors(yaml, { data, path: part.path }, options.noCritical ?? 'refused'),
    ...results.flatMap((result) => (result.ok ? [] : result.error)),
  ];
  if (errors.length > 0) return failed(inFileOrder(errors));
  const rules = results.flatMap((result) => (result.ok ? result.value : []));
  const tooMany = tooManyRules(rules.length);
  if (tooMany !== null) return failed([errorAt(yaml, { path: part.path, anchor: 'key' }, tooMany)]);
  const set: RuleSet = { rules, hash: setHash(rules), file: yaml.file };
  const misfits = options.check?.(set) ?? [];
  return misfits.length > 0 ? failed(misfits) : ok(set);
};

/** The rule set of a file's content, or all mistakes in the order of the file. Never rejects. */
export const parseRules = async (source: Source, options: RulesOptions): Promise<Checked<RuleSet>> => {
  const yaml = await parseYaml(source, options.file);
  return yaml.ok ? readRules(yaml.value, { data: yaml.value.document.data, path: [] }, options) : yaml;
};
