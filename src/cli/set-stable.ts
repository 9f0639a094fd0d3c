/** `sluice set-stable POLICY REVISION`: users go to a revision that is kept, without a release, by a person's word. */
import type { Command } from 'commander';
import type { PolicySummary } from '../report/policy-summary.ts';
import { agreed } from './agreed.ts';
import { type Context, personHere, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface SetStableOptions {
  readonly reason: string;
  readonly yes?: true;
}

const help = `
In a cluster only, and between releases: one that is under way, or watched, goes
back with \`sluice abort\`. The pods of the revision are started, as many as
serve now; when all are ready users are sent to them, and then the others end.
No rule judges it. What was stable is set aside: it comes back by \`sluice
retry\`, by set-stable again, or as another template.

Examples:
  $ sluice set-stable app 5f2c91ab04 -n shop --reason 'v1.9 loses orders'
  $ sluice set-stable app 5f2c91ab04 -n shop --reason 'v1.9 loses orders' --yes`;

export const registerSetStable = (program: Command): void => {
  program
    .command('set-stable')
    .description('make a revision that is kept stable, without a release')
    .argument('<policy>', 'policy that the controller runs')
    .argument('<name>', 'revision that is kept: kubectl get deployments -l sluice.dev/policy=POLICY')
    .requiredOption('--reason <text>', 'why, for the trail')
    .option('--yes', 'do not ask')
    .addHelpText('after', help)
    .action(runWith(setStable));
};

const setStable = async (
  context: Context,
  policy: string,
  ...[revision, { reason, yes }]: [string, SetStableOptions]
): Promise<ExitCode> => {
  const found = await context.api.policies({ name: policy });
  if (!found.ok) return context.fail(found.error.message);
  const [known] = found.value;
  if (known === undefined) return context.fail(`there is no policy "${policy}": sluice list`);
  context.remark(planOf(known, revision));
  if (yes !== true && !(await agreed(`Make ${revision} stable?`)))
    return context.fail('nothing was changed: say --yes, or answer yes at a terminal');
  const set = await context.api.setStable(policy, { revision, reason, who: personHere() });
  if (!set.ok) return context.fail(set.error.message);
  const { previous, stable } = set.value;
  const lines = () => [
    `stable of ${policy} is ${stable} now, instead of ${previous ?? 'nothing'}: its pods come first`,
  ];
  emit(context, { value: set.value, names: [policy], lines });
  return exitCodes.ok;
};

const planOf = ({ frozen, name, stable }: PolicySummary, revision: string): string =>
  [
    `${name}: users go from ${stable ?? 'nothing'} to ${revision} as soon as that is ready, and no rule judges it`,
    ...(frozen.includes(revision) ? [`${revision} was taken back before`] : []),
  ].join('; ');
