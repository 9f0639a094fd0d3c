/** `sluice rules test FILE...`: scenarios of a rollout over virtual time, and whether each goes as expected. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { messageOf } from '../lib/message-of.ts';
import { type Context, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { junitXml } from './junit.ts';
import { recordRelease } from './record/record-release.ts';
import { rulesCommand } from './rules-command.ts';
import { type Tested, testFiles } from './rules-test-files.ts';
import { failureLines, isGood, testedLines, testedValue, totalLine } from './rules-test-text.ts';

interface TestOptions {
  readonly only?: string;
  readonly junit?: string;
  readonly verbose?: true;
  readonly record?: string;
  readonly out?: string;
  readonly rules?: string;
}

const help = `
A scenario says what the metrics show, what happens on the way, and what is
expected:

  rules: { file: rules/production.yaml }
  scenarios:
    - name: five times the limit is found in the first step
      traffic:
        rate: 100/s
        stable: { errors: 0.05% }
        canary: { errors: 0.5% }
        seed: 1
      expect:
        - { by: 10m, decision: rollback, rule: error_rate }
      outcome: rolledBack

Instead of traffic, input_series in promtool's notation:

  { series: 'http_requests_total{code="500"}', values: 0+3x40 }

--record makes a scenario of a real release that runs or has ended: what it read
in each look, and as what is expected how it went. Edit the rules, run it again,
and the difference is what they would have done. All words: the schema that
"sluice rules schema scenarios" prints.

Exit codes: 0 all as expected, or recorded; 1 something was not; 3 a file or a
release cannot be used.

Examples:
  $ sluice rules test scenarios/*.yaml
  $ sluice rules test scenarios/late-onset.yaml --only 'late onset' --verbose
  $ sluice rules test scenarios/*.yaml --junit results.xml
  $ sluice rules test --record app-v2-7k3d --out scenarios/app-v2.yaml
  $ sluice rules test --record app --rules rules/production.yaml > last.yaml
`;

export const registerRulesTest = (program: Command): void => {
  rulesCommand(program)
    .command('test')
    .description('run scenarios of a rollout over virtual time, and say where they do not go as expected')
    .argument('[file...]', 'scenario files')
    .option('--only <text>', 'only scenarios with this in their name')
    .option('--verbose', 'print the decision log by virtual time, too')
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .option('--record <release>', 'make a scenario of this release (id, beginning of an id, or policy) instead')
    .option('--out <file>', 'with --record: write it there; an existing file stays as it is')
    .option(
      '--rules <file>',
      'with --record: the rule file that it names. Default: that of the release, if it is here unchanged',
    )
    .addHelpText('after', help)
    .action(runWith(testOrRecord));
};

async function testOrRecord(context: Context, files: readonly string[], options: TestOptions): Promise<ExitCode> {
  const { out, record, rules } = options;
  if (record === undefined) {
    if (out !== undefined || rules !== undefined)
      return context.fail('--out and --rules belong to --record RELEASE, which makes a scenario of a release');
    return files.length > 0 ? testScenarios(context, files, options) : context.fail(nothingToDo);
  }
  if (files.length > 0)
    return context.fail('--record makes a scenario and runs no file: write it with --out FILE, then test that file');
  return recordRelease(context, { release: record, out: out ?? null, rules: rules ?? null });
}

const nothingToDo = 'name scenario files to run, or --record RELEASE to make one of a release; --help has examples';

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
