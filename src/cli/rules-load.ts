/** A rule file, or the rules of a policy, read with all that is known of where they will be used. */
import { type FileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { isMap } from '../lib/config-file/sound-parts.ts';
import { parseYaml, type YamlFile } from '../lib/config-file/yaml-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Policy } from '../release/policy.ts';
import { readPolicy } from '../release/policy-parse.ts';
import { rulesOptions } from '../release/policy-rules.ts';
import { readRules } from '../rules/rule-file.ts';
import type { PresetChoice } from '../rules/sli-choice.ts';
import type { Subject } from '../tuning/check/finding.ts';

export interface LoadedRules {
  /** null: the file holds rules and nothing else. */
  readonly policy: Policy | null;
  readonly subject: Subject;
}

export interface LoadOptions extends PresetChoice {
  /** From one scrape to the next; null: as the policy's source says. */
  readonly intervalMs: number | null;
}

type Loaded = Result<LoadedRules, readonly FileError[]>;

/** A policy says what it is; a rule file is a plain map of rules. */
const isPolicy = (data: unknown): boolean => isMap(data) && ['kind', 'apiVersion', 'spec'].some((word) => word in data);

const readYaml = async (file: string): Promise<Result<YamlFile, readonly FileError[]>> => {
  const bytes = await readConfigFile(file);
  return bytes.ok ? parseYaml(bytes.value, file) : failed([bytes.error]);
};

const fromPolicy = async (yaml: YamlFile, given: number | null): Promise<Loaded> => {
  const policy = readPolicy(yaml);
  if (!policy.ok) return policy;
  const { rules, metrics, sources, plan } = policy.value;
  const intervalMs = given ?? sources[metrics.source]?.intervalMs ?? null;
  const known = { plan, labels: metrics.labels, intervalMs };
  if (rules.kind === 'inline')
    return ok({ policy: policy.value, subject: { ...known, yaml, path: ['spec', 'rules', 'inline'], set: rules.set } });
  const own = await readYaml(rules.path);
  if (!own.ok) return own;
  const set = readRules(own.value, { data: own.value.document.data, path: [] }, rulesOptions(policy.value, rules));
  return set.ok ? ok({ policy: policy.value, subject: { ...known, yaml: own.value, path: [], set: set.value } }) : set;
};

/** Never rejects. */
export const loadRules = async (file: string, options: LoadOptions): Promise<Loaded> => {
  const yaml = await readYaml(file);
  if (!yaml.ok) return yaml;
  const { data } = yaml.value.document;
  if (isPolicy(data)) return fromPolicy(yaml.value, options.intervalMs);
  const set = readRules(yaml.value, { data, path: [] }, options);
  if (!set.ok) return set;
  const known = { plan: null, labels: null, intervalMs: options.intervalMs };
  return ok({ policy: null, subject: { ...known, yaml: yaml.value, path: [], set: set.value } });
};
