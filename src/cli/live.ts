/**
 * A screen that is kept up to date, with keys; the terminal is given back as it was.
 *
 *     follow ──each everyMs──► poll ─┐
 *     keyboard ──────► pressed ──────┼──► frame, drawn when it changed ──► last frame stays
 *     Ctrl-Z ──► terminal given back, stopped, taken again
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExitCode } from './exit-codes.ts';
import { follow } from './follow.ts';
import { type Key, type Keyboard, openKeyboard } from './keyboard.ts';
import { Redraw, type Size } from './redraw.ts';

export interface Live {
  /** Asks the controller; answers the exit code to end with, or null to go on. */
  poll(): Promise<ExitCode | null>;
  /** What a key does; answers the exit code to end with, or null to go on. */
  pressed(key: Key): ExitCode | null;
  /** The screen now; `keys`: whether there are any. */
  frame(size: Size, keys: 'keys' | 'none'): readonly string[];
  /** What stays on the terminal. */
  last(size: Size): readonly string[];
}

const drawEveryMs = 100;

export const runLive = async (live: Live, everyMs: number): Promise<ExitCode> => {
  const screen = new Redraw(process.stdout);
  const left = Promise.withResolvers<ExitCode>();
  const keyboard = openKeyboard((key) => {
    if (key === 'ctrl-z') return void suspend(screen, keyboard);
    const code = live.pressed(key);
    if (code !== null) left.resolve(code);
    draw();
  });
  const keys = keyboard.isThere ? 'keys' : 'none';
  const draw = (): void => screen.draw(live.frame(screen.size(), keys));
  const timer = setInterval(draw, drawEveryMs);
  try {
    return await follow(() => live.poll(), everyMs, left.promise);
  } finally {
    clearInterval(timer);
    keyboard.close();
    screen.draw(live.last(screen.size()));
    screen.close();
  }
};

/** Long enough to be stopped within; a group that nobody can continue is not stopped at all, and just goes on. */
const stopMs = 50;

const suspend = async (screen: Redraw, keyboard: Keyboard): Promise<void> => {
  keyboard.pause();
  screen.pause();
  // The whole group, as the terminal would: npx waits in front of us.
  process.kill(0, 'SIGTSTP');
  await sleep(stopMs);
  keyboard.resume();
  screen.resume();
};
