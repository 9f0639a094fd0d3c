/** Where the demo is shown: a screen that is drawn over and over on a terminal, plain lines in a pipe, nothing for programs. */
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import type { Context } from '../context.ts';
import { isDrawable, Redraw } from '../redraw.ts';
import { demoScreen } from './demo-screen.ts';
import { elapsedText, type Scene } from './scene.ts';

export interface Display {
  readonly kind: 'screen' | 'lines' | 'none';
  /** A line of the story. */
  tell(elapsedMs: number, note: string): void;
  logged(elapsedMs: number, release: Release, entry: LogEntry): void;
  draw(scene: Scene): void;
  /** Leaves what was drawn, and the terminal as it was. */
  close(): void;
}

export const openDisplay = (context: Context): Display => {
  if (context.format !== 'table' || context.quiet) return silent;
  return isDrawable(process.stdout) ? onScreen(context) : inLines(context);
};

const nothing = (): void => {};

const silent: Display = { kind: 'none', tell: nothing, logged: nothing, draw: nothing, close: nothing };

const onScreen = ({ paint }: Context): Display => {
  const screen = new Redraw(process.stdout);
  return {
    kind: 'screen',
    tell: nothing,
    logged: nothing,
    draw: (scene) => screen.draw(demoScreen(scene, { ...screen.size(), paint })),
    close: () => screen.close(),
  };
};

const inLines = ({ print }: Context): Display => {
  const line = (elapsedMs: number, text: string): void => print(`${elapsedText(elapsedMs).padStart(5)}  ${text}`);
  return {
    kind: 'lines',
    tell: (elapsedMs, note) => line(elapsedMs, `> ${note}`),
    logged: (elapsedMs, { revision }, { message }) => line(elapsedMs, `${revision}  ${message}`),
    draw: nothing,
    close: nothing,
  };
};
