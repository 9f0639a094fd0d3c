/** `sluice completion SHELL`: Tab completes commands, options, and the names of releases and policies. */
import { Argument, type Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type Context, runWith } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { splitWords } from '../split-words.ts';
import { type Candidate, type Candidates, candidates } from './candidates.ts';
import { knownPolicies, knownReleases } from './known-names.ts';
import { type PlaceInLine, placeInLine } from './place-in-line.ts';
import { type Shell, shellScript, shells } from './shell-scripts.ts';

const help = `
Names of releases and policies are asked from the controller (--server,
SLUICE_SERVER), if one answers at once.

Examples:
  $ sluice completion fish | source     # for ~/.config/fish/config.fish
  $ source <(sluice completion bash)    # for ~/.bashrc
  $ source <(sluice completion zsh)     # for ~/.zshrc, after compinit`;

export const registerCompletion = (program: Command): void => {
  program
    .command('completion')
    .description('print what makes a shell complete commands, options and names')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText('after', help)
    .action(
      runWith(async ({ print }: Context, shell: Shell) => {
        print(shellScript(shell, [process.execPath, ...process.execArgv, process.argv[1] ?? '']).trimEnd());
        return exitCodes.ok;
      }),
    );
  program
    .command('complete', { hidden: true })
    .description('answer a completion: for the scripts that `sluice completion` prints')
    .argument('[words...]', 'after --: the words after `sluice`, the last one begun')
    .option('--line <text>', 'the whole line up to the cursor, instead of words')
    .addHelpText('after', "\nExample:\n  $ sluice complete --line 'sluice watch '")
    .action(
      runWith((context, words: readonly string[], options: Pick<Asked, 'line'>) =>
        complete(context, program, { words, ...options }),
      ),
    );
};

interface Asked {
  readonly words: readonly string[];
  readonly line?: string;
}

const complete = async (context: Context, program: Command, asked: Asked): Promise<ExitCode> => {
  const words = asked.line === undefined ? asked.words : wordsOf(asked.line);
  const place = placeInLine(program, words);
  const found = await named(context, place, candidates(place));
  if (found === 'files') context.print(':files');
  else for (const line of answerLines(found, place)) context.print(line);
  return exitCodes.ok;
};

/** Without the program's own name; a quote that is still open has nothing that could be completed. */
const wordsOf = (line: string): readonly string[] => {
  const split = splitWords(line);
  if (!split.ok) return ['--', ''];
  return /\s$/.test(line) ? [...split.value.slice(1), ''] : split.value.slice(1);
};

const named = async (
  context: Context,
  { given }: PlaceInLine,
  wanted: Candidates,
): Promise<readonly Candidate[] | 'files'> => {
  if (wanted.kind === 'words') return wanted.words;
  if (wanted.kind === 'files') return 'files';
  const api = controllerOf(context, given);
  return wanted.kind === 'policies' ? knownPolicies(api) : knownReleases(api);
};

/** Nobody waits longer for a Tab. */
const timeoutMs = 700;

/** The one that the line names, else the one that any command would ask. */
const controllerOf = ({ server, token }: Context, given: PlaceInLine['given']): ApiClient =>
  new ApiClient(given.get('--server') ?? server, token, timeoutMs);

const answerLines = (found: readonly Candidate[], { before, begun }: PlaceInLine): readonly string[] =>
  found
    .filter(({ word }) => word.startsWith(begun))
    .map(({ means, word }) => `${before}${word}\t${means.replaceAll(/\s+/g, ' ')}`);
