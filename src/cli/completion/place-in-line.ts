/** Where in a command line somebody asks for completion, read out of commander's own definition of the commands. Pure. */
import type { Argument, Command, Option } from 'commander';

/** What can stand there: a word of the definition, or something that only a controller or the file system knows. */
export type Wanted =
  | { readonly kind: 'command' }
  | { readonly kind: 'option' }
  | { readonly kind: 'argument'; readonly argument: Argument | null }
  | { readonly kind: 'value'; readonly option: Option };

export interface PlaceInLine {
  readonly command: Command;
  readonly wanted: Wanted;
  /** What is typed of the word so far, without an option's name and its `=`. */
  readonly begun: string;
  /** The option's name and its `=`, in front of every answer. */
  readonly before: string;
  /** Values of the options that were given before it, by long name. */
  readonly given: ReadonlyMap<string, string>;
}

/** `words` after the program's name; the last one is being typed, empty when nothing of it is there yet. */
export const placeInLine = (program: Command, words: readonly string[]): PlaceInLine => {
  const walk = new Walk(program);
  for (const word of words.slice(0, -1)) walk.pass(word);
  return walk.at(words.at(-1) ?? '');
};

/** Goes through the words as the parser would. */
class Walk {
  #command: Command;
  #arguments = 0;
  #pending: Option | null = null;
  #isOnlyArguments = false;
  readonly #given = new Map<string, string>();

  constructor(program: Command) {
    this.#command = program;
  }

  pass(word: string): void {
    if (this.#pending !== null) return this.#give(this.#pending, word);
    if (this.#isOnlyArguments) return this.#count();
    if (word === '--') {
      this.#isOnlyArguments = true;
      return;
    }
    if (word.startsWith('-')) return this.#passOption(word);
    const sub = this.#command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (sub === undefined || this.#arguments > 0) return this.#count();
    this.#command = sub;
  }

  at(word: string): PlaceInLine {
    const place = { command: this.#command, begun: word, before: '', given: this.#given };
    if (this.#pending !== null) return { ...place, wanted: { kind: 'value', option: this.#pending } };
    const assigned = this.#assigned(word);
    if (assigned !== null) return { ...place, ...assigned };
    if (word.startsWith('-') && !this.#isOnlyArguments) return { ...place, wanted: { kind: 'option' } };
    return { ...place, wanted: this.#free() };
  }

  #free(): Wanted {
    if (this.#command.commands.length > 0 && this.#arguments === 0) return { kind: 'command' };
    const known = this.#command.registeredArguments;
    const last = known.at(-1);
    return { kind: 'argument', argument: known[this.#arguments] ?? (last?.variadic === true ? last : null) };
  }

  /** `--output=js`: the value that is begun. */
  #assigned(word: string): Pick<PlaceInLine, 'wanted' | 'begun' | 'before'> | null {
    const [, name = '', begun = ''] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const option = this.#isOnlyArguments ? undefined : this.#find(name);
    return option === undefined ? null : { wanted: { kind: 'value', option }, begun, before: `${name}=` };
  }

  #passOption(word: string): void {
    const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const option = this.#find(name);
    if (option === undefined) return;
    if (value !== undefined) this.#give(option, value);
    else if (option.required) this.#pending = option;
  }

  #give(option: Option, value: string): void {
    this.#given.set(option.long ?? option.flags, value);
    this.#pending = null;
  }

  #count(): void {
    this.#arguments += 1;
  }

  #find(name: string): Option | undefined {
    return optionsOf(this.#command).find(({ long, short }) => long === name || short === name);
  }
}

/** A command's own options, and those of the commands that it stands in. */
export const optionsOf = (command: Command): readonly Option[] => [
  ...command.options,
  ...(command.parent === null ? [] : optionsOf(command.parent)),
];
