/** Single keys from a terminal, without Enter; what a terminal turns into signals (Ctrl-C, Ctrl-Z) arrives as keys. */
import { emitKeypressEvents, type Key as Keypress } from 'node:readline';

/** The character itself, or a name of several letters: `enter`, `escape`, `backspace`, `up`, `ctrl-c`. */
export type Key = string;

export interface Keyboard {
  /** Whether keys are read: there is a terminal to type on. */
  readonly isThere: boolean;
  /** Gives the terminal back for a while, or takes it again. */
  pause(): void;
  resume(): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

const nothing = (): void => {};

const noKeyboard: Keyboard = { isThere: false, pause: nothing, resume: nothing, close: nothing };

export function openKeyboard(pressed: (key: Key) => void): Keyboard {
  const { stdin } = process;
  if (!stdin.isTTY) return noKeyboard;
  const heard = (text: string | undefined, press: Keypress): void => pressed(keyOf(text, press));
  emitKeypressEvents(stdin);
  stdin.on('keypress', heard);
  const resume = (): void => {
    stdin.setRawMode(true);
    stdin.resume();
  };
  const pause = (): void => {
    stdin.setRawMode(false);
    stdin.pause();
  };
  resume();
  return {
    isThere: true,
    pause,
    resume,
    close: () => {
      stdin.off('keypress', heard);
      pause();
    },
  };
}

/** Several codes mean the same key. */
const sameAs: Readonly<Record<string, Key>> = { return: 'enter' };

const keyOf = (text: string | undefined, { ctrl, meta, name = '' }: Keypress): Key => {
  if (ctrl === true) return `ctrl-${name}`;
  if (meta === true && name !== 'escape') return `meta-${name}`;
  return text !== undefined && isSign(text) ? text : (sameAs[name] ?? name);
};

/** One character that can be written. */
export const isSign = (key: Key): boolean => /^\P{Cc}$/u.test(key);

export const isLeaving = (key: Key): boolean => key === 'q' || key === 'ctrl-c';
