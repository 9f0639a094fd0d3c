/** One line that says what is being waited for; only on a terminal, and gone when it is over. */

export interface ProgressLine {
  readonly show: (text: string) => void;
  readonly end: () => void;
}

const silent: ProgressLine = { show: () => {}, end: () => {} };

export const progressLine = (wanted: 'on' | 'off', stream: NodeJS.WriteStream = process.stderr): ProgressLine => {
  if (wanted === 'off' || !stream.isTTY || process.env['TERM'] === 'dumb') return silent;
  const clear = '\r\u001b[K';
  return {
    show: (text) => void stream.write(`${clear}${text.slice(0, Math.max(10, stream.columns - 1))}`),
    end: () => void stream.write(clear),
  };
};
