/** Single keys from a terminal, without Enter; Ctrl-C still means Ctrl-C. */

export interface Keyboard {
  /** Whether keys are read: there is a terminal to type on. */
  readonly isThere: boolean;
  /** Leaves the terminal as it was. */
  close(): void;
}

const ctrlC = '\u0003';

/** Calls `pressed` with each key; Ctrl-C arrives as `\u0003`, which a terminal in this mode does not turn into a signal. */
export function openKeyboard(pressed: (key: string) => void): Keyboard {
  const { stdin } = process;
  if (!stdin.isTTY) return { isThere: false, close: () => {} };
  const heard = (bytes: Buffer): void => {
    for (const key of bytes.toString()) pressed(key);
  };
  stdin.setRawMode(true);
  stdin.on('data', heard);
  stdin.resume();
  return {
    isThere: true,
    close: () => {
      stdin.off('data', heard);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

export const isLeaving = (key: string): boolean => key === 'q' || key === ctrlC;
