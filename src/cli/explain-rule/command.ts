/** `sluice rules explain RULE`: what a rule asks, who judges it, when it rolls back, holds and passes, and which word changes that. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { resourcePresets } from '../../rules/presets.ts';
import { requestPresets } from '../../rules/request-metrics.ts';
import { runWith } from '../context.ts';
import { rulesCommand } from '../rules-command.ts';
import { promisedToken, withOnlineOptions } from '../rules-online.ts';
import { type ExplainOptions, explainByFile } from './explain-by-file.ts';
import { explainByRelease } from './explain-by-release.ts';

const rateOption = (text: string): number => {
  const perSecond = Number(/^([0-9]+(?:\.[0-9]+)?)(?:\/s)?$/.exec(text)?.[1] ?? Number.NaN);
  if (!(perSecond > 0)) throw new InvalidArgumentError('Write requests a second, such as 100/s.');
  return perSecond;
};

const weightOption = (text: string): number => {
  const weight = Number(text.replace(/%$/, ''));
  if (!Number.isInteger(weight) || weight < 1 || weight > 100)
    throw new InvalidArgumentError('Write a percent from 1 to 100.');
  return weight;
};

const examples = `
Examples:
  $ sluice rules explain error_rate --rules rules/production.yaml --rate 100/s
  $ sluice rules explain error_rate --policy policy.yaml --online
  $ sluice rules explain error_rate --release app`;

export const registerRulesExplain = (program: Command): void => {
  const command = rulesCommand(program)
    .command('explain')
    .description('say what a rule asks, when it rolls back, holds and passes, and which word changes that')
    .argument('<rule>', 'name of the rule')
    .option('--rules <file>', 'rule file that has it')
    .option('--policy <file>', 'policy whose rules have it')
    .option('--release <name>', 'release that is judged by it: id, beginning of an id, or policy')
    .addOption(
      new Option('--preset <name>', "whose counters a rule file's names mean").choices(requestPresets).default('app'),
    )
    .addOption(new Option('--resources <name>', 'whose CPU, memory and disk').choices(resourcePresets).default('host'))
    .option('--rate <requests/s>', 'traffic of the whole service, such as 100/s', rateOption)
    .option('--weight <percent>', "the canary's share; default: the plan's first step, else 25", weightOption)
    .option('--details', 'the evidence in numbers, too');
  withOnlineOptions(command)
    .addHelpText('after', examples)
    .action(
      runWith(async (context, name: string, options: ExplainOptions) => {
        const { rules, policy, release } = options;
        if ([rules, policy, release].filter((each) => each !== undefined).length !== 1)
          return context.fail('name one of --rules FILE, --policy FILE or --release NAME');
        if (release !== undefined) return explainByRelease(context, name, release);
        return explainByFile(context, name, { ...options, token: promisedToken(command) });
      }),
    );
};
