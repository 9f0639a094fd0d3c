/** `sluice rules test FILE...`: scenarios of a rollout over virtual time, and whether each goes as expected. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { messageOf } from '../lib/message-of.ts';
import { type Context, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { junitXml } from './junit.ts';
import { rulesCommand } from './rules-command.ts';
import { type Tested, testFiles } from './rules-test-files.ts';
import { failureLines, isGood, testedLines, testedValue, totalLine } from './rules-test-text.ts';

interface TestOptions {
  readonly only?: string;
  readonly junit?: string;
  readonly verbose?: true;
}

const help = `
A scenario says what the metrics show, what happens on the way, and what is expected:

  rules: { file: rules/production.yaml }
  scenarios:
    - name: five times the limit is found in the first step
      traffic: { rate: 100/s, stable: { errors: 0.05% }, canary: { errors: 0.5% }, seed: 1 }
      expect:
        - { by: 10m, decision: rollback, rule: error_rate }
      outcome: rolledBack

Instead of traffic, input_series in promtool's notation: { series: 'http_requests_total{code="500"}', values: 0+3x40 }.
All words: the schema that "sluice rules schema scenarios" prints.

Exit codes: 0 all as expected, 1 something was not, 3 a file cannot be used.

Examples:
  $ sluice rules test scenarios/*.yaml
  $ sluice rules test scenarios/late-onset.yaml --only 'late onset' --verbose
  $ sluice rules test scenarios/*.yaml --junit results.xml
`;

export const registerRulesTest = (program: Command): void => {
  rulesCommand(program)
    .command('test')
    .description('run scenarios of a rollout over virtual time, and say where they do not go as expected')
    .argument('<file...>', 'scenario files')
    .option('--only <text>', 'only scenarios with this in their name')
    .option('--verbose', 'print the decision log by virtual time, too')
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .addHelpText('after', help)
    .action(runWith(testScenarios));
};

async function testScenarios(context: Context, files: readonly string[], options: TestOptions): Promise<ExitCode> {
  const beganMs = performance.now();
  const log = options.verbose === true ? 'log' : 'no log';
  const isTable = context.format === 'table';
  const tell = (tested: Tested): void => {
    if (isTable && !(context.quiet && isGood(tested))) context.print(testedLines(tested, log).join('\n'));
  };
  const tested = await testFiles(files, { only: options.only ?? null, tell });
  if (!tested.ok) {
    for (const error of tested.error) process.stderr.write(`${formatFileError(error)}\n`);
    return exitCodes.trouble;
  }
  const all = tested.value;
  if (all.length === 0) return context.fail(`no scenario has ${JSON.stringify(options.only)} in its name`);
  if (isTable) context.remark(totalLine(all, performance.now() - beganMs));
  else emit(context, { value: testedValue(all, log), names: all.flatMap(failureLines), lines: () => [] });
  const unwritten = options.junit === undefined ? null : write(options.junit, junitXml(all));
  if (unwritten !== null) return context.fail(unwritten);
  return all.every(isGood) ? exitCodes.ok : exitCodes.notAsExpected;
}

function write(file: string, text: string): string | null {
  try {
    writeFileSync(file, text);
    return null;
  } catch (error) {
    return `--junit ${file}: ${messageOf(error)}`;
  }
}
