/** What a real `sluice demo` shows on a terminal: the second step at work, and the rollback. */
import type { AtEnd } from '../support/at-end.ts';
import { sluiceWords } from '../support/sluice-command.ts';
import { openTerminal } from '../support/terminal.ts';

export interface TerminalPictures {
  readonly promoting: string;
  /** The card that says why. */
  readonly rolledBack: string;
}

const width = 100;
const height = 30;
const everyMs = 200;

/** Far beyond the demo's own deadline. */
const withinMs = 300_000;

export interface TerminalOptions {
  readonly atEnd: AtEnd;
  /** Of the demo's HTTP API and page. */
  readonly port: number;
  /** Called once, when the picture of the promotion is taken. */
  readonly promoting: () => void;
}

/** Throws with the last screen when the demo did not come out. */
export async function terminalPictures(options: TerminalOptions): Promise<TerminalPictures> {
  const { atEnd, port } = options;
  const line = [...sluiceWords, 'demo', '--no-outage', '--port', `${port}`].map((word) => `'${word}'`).join(' ');
  const terminal = await openTerminal(line, { width, height, env: { NO_COLOR: '1' }, atEnd });
  const late = performance.now() + withinMs;
  let [promoting, rolledBack, screen] = ['', '', ''];
  while (!/ended with \d/.test(screen)) {
    if (performance.now() > late) throw new Error(`the demo has not ended:\n${screen}`);
    screen = await terminal.screen();
    if (promoting === '' && isPromoting(screen)) {
      promoting = screen;
      options.promoting();
    }
    if (screen.includes('== ROLLED BACK')) rolledBack ||= screen;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  if (!screen.includes('ended with 0')) throw new Error(`the demo did not come out:\n${screen}`);
  if (promoting === '' || rolledBack === '') throw new Error('the demo went by unseen: is the machine very busy?');
  return { promoting: released(promoting, 3), rolledBack: withCard(rolledBack) };
}

/** v2 beyond its first step, its weight seen in the traffic and its errors judged. */
const isPromoting = (screen: string): boolean =>
  /v1 -> v2 .*step [23]\/3/.test(screen) && /observed \d/.test(screen) && /^error_rate .* pass /m.test(screen);

const logLine = /^\d\d:\d\d:\d\d /;

/** What `sluice watch` shows of it: without the demo's own lines, and of the log only the newest. */
const released = (screen: string, logLines: number): string => {
  const lines = screen.split('\n').map((line) => line.trimEnd());
  const from = lines.findIndex((line) => /^app {2}/.test(line));
  const shown = lines.slice(from).filter((line) => line !== '' && !line.startsWith('keys:'));
  const firstOfLog = shown.findIndex((line) => logLine.test(line));
  return shown.slice(0, firstOfLog < 0 ? shown.length : firstOfLog + logLines).join('\n');
};

/** Down to the end of the card. */
const withCard = (screen: string): string => {
  const lines = released(screen, 0).split('\n');
  return lines
    .slice(
      0,
      lines.findIndex((line) => line.startsWith('RULE ')),
    )
    .join('\n');
};
