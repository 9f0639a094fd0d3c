/** The `notify` command itself: every file with a subcommand of it asks here. */
import type { Command } from 'commander';

export const notifyCommand = (program: Command): Command =>
  program.commands.find((command) => command.name() === 'notify') ??
  program.command('notify').description('try notifications, and see what was sent');
