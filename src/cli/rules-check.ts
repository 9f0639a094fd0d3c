/** `sluice rules check FILE...`: every mistake of rule files and policies, or what they say. */
import { type Command, Option } from 'commander';
import { type FileError, formatFileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { isMap } from '../lib/config-file/sound-parts.ts';
import { parseYaml, type YamlFile } from '../lib/config-file/yaml-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { readPolicy } from '../release/policy-parse.ts';
import { readPolicyRules } from '../release/policy-rules.ts';
import { type ResourcePreset, resourcePresets } from '../rules/presets.ts';
import { type RequestPreset, requestPresets } from '../rules/request-metrics.ts';
import { readRules } from '../rules/rule-file.ts';
import { rulesCommand } from './rules-command.ts';
import { policySummary, rulesSummary } from './rules-summary.ts';

/** Exit code for files that cannot be used, as for every usage error. */
const badFiles = 3;

interface CheckOptions {
  readonly preset: RequestPreset;
  readonly resources: ResourcePreset;
}

/** The text to print for a good file. */
type Checked = Result<string, readonly FileError[]>;

/** A policy says what it is; a rule file is a plain map of rules. */
const isPolicy = (data: unknown): boolean => isMap(data) && ['kind', 'apiVersion', 'spec'].some((word) => word in data);

const checkPolicy = async (yaml: YamlFile): Promise<Checked> => {
  const policy = readPolicy(yaml);
  if (!policy.ok) return policy;
  const rules = await readPolicyRules(policy.value);
  return rules.ok ? ok(policySummary(yaml.file, policy.value) + rulesSummary(rules.value.file, rules.value)) : rules;
};

const checkFile = async (file: string, options: CheckOptions): Promise<Checked> => {
  const bytes = await readConfigFile(file);
  if (!bytes.ok) return failed([bytes.error]);
  const yaml = await parseYaml(bytes.value, file);
  if (!yaml.ok) return yaml;
  if (isPolicy(yaml.value.document.data)) return checkPolicy(yaml.value);
  const rules = readRules(yaml.value, { data: yaml.value.document.data, path: [] }, options);
  return rules.ok ? ok(rulesSummary(file, rules.value)) : rules;
};

interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** 0 when all files are good. Errors go to `err`, a line each, and do not stop the next file. */
const checkFiles = async (files: readonly string[], options: CheckOptions, output: Output): Promise<0 | 3> => {
  let exitCode: 0 | 3 = 0;
  for (const file of files) {
    const checked = await checkFile(file, options);
    if (checked.ok) {
      output.out(checked.value);
      continue;
    }
    exitCode = badFiles;
    for (const error of checked.error) output.err(`${formatFileError(error)}\n`);
  }
  return exitCode;
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
    .action(async (files: readonly string[], options: CheckOptions) => {
      const write = command.configureOutput();
      const output: Output = { out: (text) => write.writeOut?.(text), err: (text) => write.writeErr?.(text) };
      const exitCode = await checkFiles(files, options, output);
      if (exitCode !== 0) process.exitCode = exitCode;
    });
};
