/** The `sluice` command: its options and its subcommands, each registered by a file of its own. */
import { Command, Option } from 'commander';
import { registerAbort } from './abort.ts';
import { registerAnswer } from './answer.ts';
import { registerApprove } from './approve.ts';
import { registerAttest } from './attest.ts';
import { registerRulesBacktest } from './backtest/command.ts';
import { registerBackup } from './backup.ts';
import { withCluster } from './cluster-api.ts';
import { registerCompletion } from './completion/command.ts';
import { documentForms } from './context.ts';
import { registerController } from './controller.ts';
import { registerCrds } from './crds.ts';
import { registerDeadMan } from './dead-man.ts';
import { registerDemo } from './demo/command.ts';
import { registerExplain } from './explain.ts';
import { registerRulesExplain } from './explain-rule/command.ts';
import { registerGet } from './get.ts';
import { registerHistory } from './history.ts';
import { registerList } from './list.ts';
import { registerNotifyLog } from './notify-log.ts';
import { registerNotifyTest } from './notify-test.ts';
import { registerOverride } from './override.ts';
import { registerPause } from './pause.ts';
import { registerPreflight } from './preflight/command.ts';
import { registerPromote } from './promote.ts';
import { registerReport } from './report.ts';
import { registerRestore } from './restore.ts';
import { registerResume } from './resume.ts';
import { registerRetry } from './retry.ts';
import { registerRulesCheck } from './rules-check.ts';
import { registerRulesPlan } from './rules-plan.ts';
import { registerRulesSchema } from './rules-schema.ts';
import { registerRulesTest } from './rules-test.ts';
import { registerRun } from './run.ts';
import { registerSetStable } from './set-stable.ts';
import { registerStart } from './start.ts';
import { registerStatus } from './status.ts';
import { registerTrail } from './trail.ts';
import { registerUninstall } from './uninstall.ts';
import { registerVersion } from './version.ts';
import { registerWatch } from './watch.ts';

const description = 'Delivers a new revision step by step, on evidence, and takes it back within a second of a breach.';

const help = `
Every command takes these options, too. \`sluice COMMAND --help\` shows its own,
with examples and exit codes: 0 it is done; 1 rolled back, failed, or something
was found; 2 timed out; 3 wrong usage, or no answer; 4 a person is waited for;
130 left with Ctrl-C.

Examples:
  $ sluice demo --keep
  $ sluice run policy.yaml
  $ sluice start app --revision v2 -- node server.js
  $ sluice watch app`;

/** In the order in which `--help` lists them. */
const commands: readonly ((program: Command) => void)[] = [
  registerDemo,
  registerPreflight,
  registerRun,
  registerController,
  registerDeadMan,
  registerStart,
  registerList,
  registerGet,
  registerWatch,
  registerStatus,
  registerExplain,
  registerReport,
  registerHistory,
  registerTrail,
  registerApprove,
  registerAttest,
  registerOverride,
  registerPause,
  registerResume,
  registerPromote,
  registerAnswer,
  registerAbort,
  registerRetry,
  registerSetStable,
  registerBackup,
  registerRestore,
  registerNotifyTest,
  registerNotifyLog,
  registerRulesCheck,
  registerRulesPlan,
  registerRulesTest,
  registerRulesBacktest,
  registerRulesExplain,
  registerRulesSchema,
  registerCrds,
  registerUninstall,
  registerCompletion,
  registerVersion,
];

const elsewhere = '--server, --token-file, --output, --no-color and --quiet: see `sluice --help`.';

const defaultServer = 'http://127.0.0.1:7581';

/** Throws a CommanderError where commander would end the process. */
export const createProgram = (): Command => {
  // Narrow terminals, too: commander breaks lines anywhere where a column has less than this.
  const program = new Command('sluice')
    .configureHelp({ minWidthToWrap: 16 })
    .description(description)
    .addOption(new Option('--server <url>', "the controller's address").env('SLUICE_SERVER').default(defaultServer))
    .addOption(
      new Option(
        '--token-file <file>',
        'file with the bearer token; for run: a line for each, `TOKEN` or `NAME TOKEN`',
      ).env('SLUICE_TOKEN_FILE'),
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['table', 'json', 'yaml', 'name', ...documentForms])
        .default('table'),
    )
    .option('--no-color', 'no colours (also: NO_COLOR)')
    .option('-q, --quiet', 'no remarks')
    .showHelpAfterError('(--help says more)')
    .exitOverride();
  for (const register of commands) register(program);
  withCluster(program);
  return program
    .addHelpText('after', help)
    .addHelpText('afterAll', ({ command }) => (command === program ? '' : `\n${elsewhere}`));
};
