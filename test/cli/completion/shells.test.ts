/** Tab in a real bash, zsh and fish, on a real terminal, with a controller that knows names. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { testServer } from '../../support/http-server.ts';
import { needs, type Program } from '../../support/needs.ts';
import { bakingRelease } from '../../support/sample-release.ts';
import { sluiceWords } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { openTerminal, type Terminal } from '../../support/terminal.ts';

interface Case {
  readonly shell: 'bash' | 'zsh' | 'fish';
  readonly programs: readonly Program[];
  readonly start: string;
  /** Lines to type first, with the words that run sluice. */
  readonly setUp: (run: string) => readonly string[];
}

const cases: readonly Case[] = [
  {
    shell: 'bash',
    programs: ['tmux'],
    start: 'bash --norc --noprofile -i',
    setUp: (run) => [`source <(${run} completion bash)`],
  },
  {
    shell: 'zsh',
    programs: ['tmux', 'zsh'],
    start: 'zsh -f -i',
    setUp: (run) => ['autoload -U compinit; compinit -D', `source <(${run} completion zsh)`],
  },
  {
    shell: 'fish',
    programs: ['tmux', 'fish'],
    start: 'fish --no-config -i',
    setUp: (run) => [`${run} completion fish | source`],
  },
];

/** What is typed and a Tab, with which the line becomes what is expected. */
const tabs: readonly (readonly [string, RegExp])[] = [
  ['sluice wat', /sluice watch/],
  ['sluice list --output js', /sluice list --output json/],
  ['sluice abort --reason "a b" web-9', /sluice abort --reason "a b" web-9c41/],
  ['sluice start ap', /sluice start app/],
  ['sluice rules check production.g', /sluice rules check production\.good\.yaml/],
];

const opened = async ({ setUp, start }: Case): Promise<Terminal> => {
  const { url, controls } = await testServer();
  await controls.put(bakingRelease());
  await controls.put(bakingRelease({ id: 'web-9c41' }));
  const home = await tempDir();
  const env = { SLUICE_SERVER: url, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  const terminal = await openTerminal(`cd test/fixtures/rules; ${start}`, { width: 200, env });
  for (const line of setUp(sluiceWords.join(' '))) await enter(terminal, line);
  await enter(terminal, 'echo it is "set up"');
  await terminal.shows(/it is set up/);
  return terminal;
};

const enter = async (terminal: Terminal, line: string): Promise<void> => {
  await terminal.type(line);
  await terminal.press('Enter');
};

/** Names come only from a controller that answers at once: on a busy machine somebody presses Tab again. */
const completed = (terminal: Terminal, typed: string, pattern: RegExp): Promise<string> =>
  eventually(async () => {
    await terminal.press('C-u');
    await terminal.type(typed);
    await terminal.press('Tab');
    return terminal.shows(pattern, 10_000);
  });

describe.each(cases)('Tab in $shell', (given) => {
  it.runIf(needs(given.programs))('completes commands, options, values, names and files', async () => {
    const terminal = await opened(given);
    for (const [typed, pattern] of tabs) {
      expect(await completed(terminal, typed, pattern)).toMatch(pattern);
    }
  });
});
