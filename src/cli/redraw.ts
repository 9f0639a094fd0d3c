/**
 * Frames of lines on a terminal's second screen, each drawn over its predecessor.
 *
 *     open ──► second screen, no cursor ──draw──► each line at its place; the same frame again writes nothing
 *     close, or the program's end in whatever way ──► first screen as it was, the last frame under it, the cursor back
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const enter = '\u001b[?1049h\u001b[?25l\u001b[2J';
const leave = '\u001b[?1049l\u001b[?25h';

export class Redraw {
  readonly #stream: NodeJS.WriteStream;
  #frame: readonly string[] = [];
  #isWhole = false;
  #isOpen = false;
  readonly #onResize = (): void => {
    this.#isWhole = false;
    if (this.#isOpen) this.#stream.write('\u001b[2J');
  };
  readonly #onEnd = (): void => this.close();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('resize', this.#onResize);
    // A crash must not leave its message on a screen that goes away with the program.
    for (const end of ends) process.on(end, this.#onEnd);
    this.resume();
  }

  /** Columns and lines of the terminal now. */
  size(): Size {
    return { width: Math.max(1, this.#stream.columns), height: Math.max(1, this.#stream.rows) };
  }

  draw(lines: readonly string[]): void {
    const isSame = this.#isWhole && lines.length === this.#frame.length && lines.every(this.#isDrawn);
    this.#frame = lines;
    if (isSame || !this.#isOpen) return;
    const below = lines.length < this.size().height ? `${at(lines.length)}\u001b[0J` : '';
    this.#stream.write(lines.map((line, row) => `${at(row)}\u001b[K${line}`).join('') + below);
    this.#isWhole = true;
  }

  /** Gives the terminal back for a while, as it was. */
  pause(): void {
    if (this.#isOpen) this.#stream.write(leave);
    this.#isOpen = false;
  }

  resume(): void {
    this.#stream.write(enter);
    this.#isOpen = true;
    this.#isWhole = false;
  }

  /** Leaves the last frame on the terminal, and the cursor below it. */
  close(): void {
    if (!this.#isOpen) return;
    this.pause();
    this.#stream.off('resize', this.#onResize);
    for (const end of ends) process.off(end, this.#onEnd);
    this.#stream.write(this.#frame.map((line) => `${line}\n`).join(''));
  }

  readonly #isDrawn = (line: string, row: number): boolean => line === this.#frame[row];
}

const ends = ['exit', 'uncaughtExceptionMonitor'] as const;

const at = (row: number): string => `\u001b[${row + 1};1H`;

/** A terminal that can be drawn on; a pipe gets plain lines instead. */
export const isDrawable = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && process.env['TERM'] !== 'dumb' && stream.columns > 0 && stream.rows > 0;
