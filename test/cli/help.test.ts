/** Every command and subcommand as `--help` shows it: described, in 80 columns, with an example, no option that nothing reads. */
import { globSync, readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

const walk = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(walk)];

const all = walk(createProgram()).map((command) => ({ name: pathOf(command), command }));

const helpOf = (command: Command): string => {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return help;
};

const options = all.flatMap(({ command, name }) =>
  command.options.map((option) => ({ name: `${name} ${option.flags}`, option })),
);

it('there are all of them', () => expect(all.length).toBeGreaterThan(30));

describe.each(all)('$name', ({ command }) => {
  it('says what it is for, and what each of its arguments is', () => {
    expect(command.description()).not.toBe('');
    for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe('');
  });

  it('fits into 80 columns', () => {
    const wide = helpOf(command)
      .split('\n')
      .filter((line) => line.length > 80);
    expect(wide).toEqual([]);
  });

  it('has an example, or commands that have', () => {
    if (command.commands.length > 0) return;
    expect(helpOf(command)).toMatch(/Examples?:\n {2}\$ sluice /);
  });
});

describe.each(options)('$name', ({ option }) => {
  it('is described', () => expect(option.description).not.toBe(''));

  it('names the unit of its default', () => {
    const isTime = /<duration>/.test(option.flags);
    if (isTime && typeof option.defaultValue === 'number') expect(option.defaultValueDescription).toMatch(/^\d+[smhd]/);
  });
});

describe('no option is dead', () => {
  const lines = globSync('src/cli/**/*.ts').flatMap((file) => readFileSync(file, 'utf8').split('\n'));

  it.each(options)('$name', ({ option }) => {
    const reads = lines.filter((line) => isRead(line, option));
    expect(reads).not.toEqual([]);
  });
});

/** Its value is named, otherwise than in its own flag, in a type, or in a comment. */
const isRead = (line: string, option: Option): boolean => {
  const name = option.attributeName();
  const code = line.replace(/^\s*(\*|\/\*\*|\/\/).*/, '').replace(/'[^']*'|"[^"]*"/g, '');
  return new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`readonly ${name}\\b`).test(code);
};
