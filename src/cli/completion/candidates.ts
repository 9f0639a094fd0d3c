/** What can stand at a place in a command line: words with what they mean, or whose names have to be asked for. Pure. */
import type { Argument, Command, Option } from 'commander';
import { optionsOf, type PlaceInLine } from './place-in-line.ts';

export interface Candidate {
  readonly word: string;
  readonly means: string;
}

export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** Names that a running controller knows. */
  | { readonly kind: 'releases' | 'policies' }
  | { readonly kind: 'files' };

export const candidates = ({ command, wanted }: PlaceInLine): Candidates => {
  switch (wanted.kind) {
    case 'command':
      return words(command.createHelp().visibleCommands(command).map(commandCandidate));
    case 'option':
      return words(optionsOf(command).filter(isShown).map(optionCandidate).concat(help));
    case 'value':
      return ofValue(wanted.option);
    case 'argument':
      return ofArgument(wanted.argument);
  }
};

const words = (all: readonly Candidate[]): Candidates => ({ kind: 'words', words: all });

const nothing = words([]);

const commandCandidate = (command: Command): Candidate => ({ word: command.name(), means: command.description() });

const isShown = ({ hidden, long }: Option): boolean => !hidden && long !== undefined;

const optionCandidate = ({ description, flags, long }: Option): Candidate => ({
  word: long ?? flags,
  means: description,
});

const help: Candidate = { word: '--help', means: 'what this command does' };

/** Names of values, as help texts write them. */
const files = /^(file|folder|path)$/;

const ofValue = ({ argChoices, flags, long }: Option): Candidates => {
  if (argChoices !== undefined) return words(argChoices.map((word) => ({ word, means: '' })));
  const [, value = ''] = /[<[]([^>\].]+)/.exec(flags) ?? [];
  if (value === 'release' || long === '--release') return { kind: 'releases' };
  if (long === '--policy' && value === 'name') return { kind: 'policies' };
  return files.test(value) ? { kind: 'files' } : nothing;
};

const ofArgument = (argument: Argument | null): Candidates => {
  if (argument === null) return nothing;
  if (argument.argChoices !== undefined) return words(argument.argChoices.map((word) => ({ word, means: '' })));
  switch (argument.name()) {
    case 'release':
      return { kind: 'releases' };
    case 'policy':
      return argument.description.startsWith('policy file') ? { kind: 'files' } : { kind: 'policies' };
    case 'file':
    case 'words':
      return { kind: 'files' };
    default:
      return nothing;
  }
};
