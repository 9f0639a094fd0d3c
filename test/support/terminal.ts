/** A real terminal of a size: tmux, with a server of its own, ended with the test. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually, patienceMs } from './eventually.ts';
import { endAtLast } from './process.ts';
import { sluiceWords } from './sluice-command.ts';
import { tempDir } from './temp-dir.ts';

export interface TerminalOptions {
  readonly width?: number;
  readonly height?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly atEnd?: AtEnd;
}

export interface Terminal {
  /** What is to be seen; `colors`: with the codes of its colours. */
  screen(form?: 'plain' | 'colors'): Promise<string>;
  /** Waits until the pattern is to be seen, and answers the whole screen. */
  shows(pattern: RegExp, withinMs?: number): Promise<string>;
  /** As tmux names keys: `d`, `C-c`, `Enter`. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** Which screen, whether a cursor is shown, and whether the line discipline reads lines and echoes again. */
  state(): Promise<{ readonly screen: 'first' | 'second'; readonly cursor: boolean; readonly cooked: boolean }>;
}

const run = promisify(execFile);

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Runs a shell line in it, then says with which exit code that ended, and waits for more at a prompt. */
export async function openTerminal(line: string, options: TerminalOptions = {}): Promise<Terminal> {
  const { width = 80, height = 24, env = {}, atEnd = atTestEnd } = options;
  const socket = join(await tempDir(atEnd), 'tmux');
  const tmux = async (...words: readonly string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, ...words], { env: { ...process.env, TZ: 'UTC', LANG: 'C.UTF-8' } })).stdout;
  const variables = Object.entries({ NO_COLOR: '', PS1: 'prompt$ ', ...env }).flatMap(([k, v]) => ['-e', `${k}=${v}`]);
  const size = ['-x', String(width), '-y', String(height)];
  const shell = `${line}; echo "ended with $?"; exec sh -i`;
  await tmux('-f', '/dev/null', 'new-session', '-d', ...size, ...variables, 'sh', '-c', shell);
  const tell = async (what: string): Promise<string> => (await tmux('display-message', '-p', what)).trim();
  for (const pid of (await tell('#{pid} #{pane_pid}')).split(' ')) endAtLast(Number(pid), atEnd);
  const tty = await tell('#{pane_tty}');
  const screen = (form: 'plain' | 'colors' = 'plain'): Promise<string> =>
    tmux('capture-pane', '-p', ...(form === 'colors' ? ['-e'] : []));
  return {
    screen,
    shows: (pattern, withinMs = patienceMs) =>
      eventually(
        async () => {
          const text = await screen();
          if (pattern.test(text)) return text;
          throw new Error(`${pattern} is not on the screen:\n${text}`);
        },
        { withinMs },
      ),
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    resize: async (w, h) => void (await tmux('resize-window', '-x', String(w), '-y', String(h))),
    state: async () => {
      const [second, cursor] = (await tell('#{alternate_on} #{cursor_flag}')).split(' ');
      const { stdout } = await run('stty', ['-F', tty, '-a']);
      const cooked = ['icanon', 'echo', 'isig'].every((word) => stdout.split(/\s+/).includes(word));
      return { screen: second === '1' ? 'second' : 'first', cursor: cursor === '1', cooked };
    },
  };
}

/** `sluice` with these words, as a shell line. */
export const sluiceLine = (words: readonly string[], server: string): string =>
  [...sluiceWords, ...words, '--server', server].map(quoted).join(' ');
