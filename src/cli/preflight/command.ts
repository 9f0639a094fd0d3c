/** `sluice preflight POLICY`: what stands between a policy and its next release, asked of everything it names; changes nothing. */
import { type Command, Option } from 'commander';
import { formatFileError } from '../../lib/config-file/file-error.ts';
import { namesCluster } from '../cluster-api.ts';
import { withClusterOptions } from '../cluster-client.ts';
import { type Context, runWith } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { loadRules } from '../rules-load.ts';
import { durationOption } from '../rules-online.ts';
import type { PreflightLine } from './line.ts';
import type { PreflightScene } from './look.ts';
import { preflightLooks } from './looks.ts';
import { tellPreflight } from './tell.ts';
import type { PreflightWords } from './words.ts';

const help = `
One line for each part: ok, skip (there is nothing to look at yet), warn (a
release may start, though probably not as it was meant) or fail (none may
start), and below it what to do. Everything is asked, nothing is changed, and no
controller has to run.
Exit 0: no line fails; 1: one does, or warns under --strict; 3: the policy can't
be read.

In a cluster (-n, --kubeconfig, --kube-context, or as \`kubectl sluice\`) it looks
at the objects, the rights of whoever asks and of the controller, and who else
writes weights, sizes and selectors.

Examples:
  $ sluice preflight policy.yaml
  $ sluice preflight app -n shop --controller sluice/sluice
  $ sluice preflight policy.yaml --strict -o json | jq .ready`;

export const registerPreflight = (program: Command): void => {
  const command = program
    .command('preflight')
    .description('look whether everything that a policy names is fit for a release; changes nothing')
    .argument('<policy>', 'policy file; in a cluster also the name of a ReleasePolicy')
    .addOption(
      new Option('--timeout <duration>', 'deadline of one question').argParser(durationOption).default(5_000, '5s'),
    )
    .option('--state <folder>', "the controller's folder of the state: whose proxy holds the port", '.sluice')
    .option('--strict', 'warnings count as failures')
    .option('--settings <file>', "in a cluster: the operator's settings (default: those that the chart installed)")
    .option('--controller <namespace/name>', 'in a cluster: account of the controller', 'sluice/sluice')
    .addHelpText('after', help);
  withClusterOptions(command).action(runWith(preflight));
};

const preflight = async (context: Context, file: string, words: PreflightWords): Promise<ExitCode> => {
  const { state, strict, timeout } = words;
  if (namesCluster(words)) {
    const { preflightCluster } = await import('./cluster/preflight-cluster.ts');
    return preflightCluster(context, file, words);
  }
  const loaded = await loadRules(file, { preset: 'app', resources: 'host', intervalMs: null });
  if (!loaded.ok) return context.fail(loaded.error.map(formatFileError).join('\n'));
  const { policy, subject } = loaded.value;
  if (policy === null) return context.fail(`${file} holds rules and no policy: \`sluice rules check\` looks at those`);
  const lines = await look({ policy, rules: subject, stateDir: state, timeoutMs: timeout });
  return tellPreflight(context, { policy: policy.name, lines, strict });
};

const look = async (scene: PreflightScene): Promise<readonly PreflightLine[]> =>
  (await Promise.all(preflightLooks.map((each) => each(scene)))).flat();
