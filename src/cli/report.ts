/** `sluice report RELEASE`: the deployment report, as Markdown, JSON, or an HTML page that needs nothing else. */
import type { Command } from 'commander';
import { reportHtml } from '../report/deployment/html.ts';
import { reportMarkdown } from '../report/deployment/markdown.ts';
import { runWith } from './context.ts';
import { emit } from './emit.ts';
import { exitCodes } from './exit-codes.ts';
import { pickRelease } from './pick-release.ts';

const help = `
Markdown unless told otherwise; -o html is one page with plots that needs no
network and no script; -o json has all of it.

Examples:
  $ sluice report app > report.md
  $ sluice report app -o html > report.html
  $ sluice report app -o json | jq .impact`;

export const registerReport = (program: Command): void => {
  program
    .command('report')
    .description('print the deployment report of a release: Markdown, or -o json, -o html')
    .argument('[release]', 'id, beginning of an id, or policy; without it the one that runs, or the newest')
    .addHelpText('after', help)
    .action(
      runWith(
        async (context, name: string | undefined) => {
          const found = await pickRelease(context.api, name);
          if (!found.ok) return context.fail(found.error.message);
          const told = await context.api.report(found.value.id);
          if (!told.ok) return context.fail(told.error.message);
          const report = told.value;
          const markdown = (): string => reportMarkdown(report);
          const documents = { markdown, html: () => reportHtml(report) };
          emit(context, { value: report, names: [report.id], lines: () => [markdown().trimEnd()], documents });
          return exitCodes.ok;
        },
        ['markdown', 'html'],
      ),
    );
};
