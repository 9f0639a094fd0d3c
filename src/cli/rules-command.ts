/** The `rules` command itself: every file with a subcommand of it asks here. */
import type { Command } from 'commander';

export const rulesCommand = (program: Command): Command =>
  program.commands.find((command) => command.name() === 'rules') ??
  program.command('rules').description('check and try rule files and policies');
