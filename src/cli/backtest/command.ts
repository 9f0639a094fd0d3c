/** `sluice rules backtest`: what edited rules would have made of the past. */
import type { Command } from 'commander';
import { runWith } from '../context.ts';
import { rulesCommand } from '../rules-command.ts';
import { addBacktestOptions } from './backtest-words.ts';
import { runBacktest } from './run-backtest.ts';

export const registerRulesBacktest = (program: Command): void => {
  const command = rulesCommand(program)
    .command('backtest')
    .description('try rules on past releases in Prometheus, and on a healthy service against itself');
  addBacktestOptions(command, Date.now()).action(runWith(runBacktest));
};
