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

/** Lines again, for what comes after the screen. */
export const openLines = (context: Context): Display =>
  context.format !== 'table' || context.quiet ? silent : inLines(context);

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
    logged: (elapsedMs, { revision }, entry) => {
      if (!isRoutine(entry)) line(elapsedMs, `${revision}  ${entry.message}`);
    },
    draw: nothing,
    close: nothing,
  };
};

/** Holds that every release passes through: a screen shows them as its state, lines would only repeat them. */
const routine = new Set(['StartingInstances', 'WeightNotApplied', 'VerifyingShare', 'StillBaking', 'BakeNotEnded']);

const isRoutine = ({ data, reason }: LogEntry): boolean => data['decision'] === 'hold' && routine.has(reason);
