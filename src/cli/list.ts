/** `sluice list`: the releases, what needs a person first. */
import type { Command } from 'commander';
import type { ReleaseView } from '../report/release-view.ts';
import type { ClusterOptions } from './cluster-client.ts';
import { type Context, runWith } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { follow } from './follow.ts';
import { releasesEverywhere } from './list-everywhere.ts';
import { ListLive } from './list-live.ts';
import { runLive } from './live.ts';
import { isDrawable } from './redraw.ts';
import { releaseTable } from './render/release-table.ts';

interface ListOptions extends ClusterOptions {
  readonly allNamespaces?: true;
  readonly watch?: true;
  readonly active?: true;
  readonly policy?: string;
}

export const registerList = (program: Command): void => {
  program
    .command('list')
    .description('list the releases, what needs a person first')
    .option('-w, --watch', 'keep the list up to date; q or Ctrl-C leaves')
    .option('--active', 'only those that have not ended')
    .option('--policy <name>', 'only those of one policy')
    .option('-A, --all-namespaces', 'in a cluster: those of every namespace that has policies')
    .addHelpText('after', '\nExamples:\n  $ sluice list --active -w\n  $ sluice list -A --active')
    .action(runWith((context, options: ListOptions) => (options.watch ? watchList : listOnce)(context, options)));
};

const query = ({ active, policy }: ListOptions) => ({
  ...(active === undefined ? {} : { active }),
  ...(policy === undefined ? {} : { policy }),
});

const listOnce = async (context: Context, options: ListOptions): Promise<ExitCode> => {
  if (options.allNamespaces === true) return listEverywhere(context, options);
  const listed = await context.api.releases(query(options));
  if (!listed.ok) return context.fail(listed.error.message);
  show(context, listed.value);
  return exitCodes.ok;
};

const listEverywhere = async (context: Context, options: ListOptions): Promise<ExitCode> => {
  const found = await releasesEverywhere(context, options, query(options));
  if (!found.ok) return context.fail(found.error);
  const named = found.value.map((view) => ({ ...view, policy: `${view.namespace}/${view.policy}` }));
  const lines = () => releaseTable(named, { width: outputWidth(), paint: context.paint });
  const names = found.value.map(({ id, namespace }) => `${namespace}/${id}`);
  emit(context, { value: { releases: found.value }, names, lines });
  return exitCodes.ok;
};

const show = (context: Context, views: readonly ReleaseView[]): void => {
  const lines = () => releaseTable(views, { width: outputWidth(), paint: context.paint });
  emit(context, { value: { releases: views }, names: views.map(({ id }) => id), lines });
};

const everyMs = 1_000;

/** On a terminal a live screen; in a pipe again only when something changed. */
const watchList = async (context: Context, options: ListOptions): Promise<ExitCode> => {
  if (options.allNamespaces === true) return context.fail('list -w is of one namespace: leave -A out, or -w');
  const first = await context.api.releases(query(options));
  if (!first.ok) return context.fail(first.error.message);
  if (context.format === 'table' && isDrawable(process.stdout))
    return runLive(new ListLive(context, query(options), first.value), everyMs);
  return listChanges(context, options);
};

const listChanges = (context: Context, options: ListOptions): Promise<ExitCode> => {
  let before = '';
  return follow(async () => {
    const listed = await context.api.releases(query(options));
    if (!listed.ok) return context.fail(listed.error.message);
    const now = listed.value
      .map(({ id, phase, weight }) => `${id} ${phase} ${weight.desired} ${weight.applied}`)
      .join();
    if (now !== before) show(context, listed.value);
    before = now;
    return null;
  }, everyMs);
};
