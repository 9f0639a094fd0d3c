/**
 * Lines that are drawn over their predecessors on a terminal.
 *
 *     draw ──► cursor up over the last frame ──► each line cleared and written anew ──► what is below cleared
 *     resize ──► clear all, next frame from the top
 */
export class Redraw {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;
  #isResized = false;
  readonly #onResize = (): void => {
    this.#isResized = true;
  };

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('resize', this.#onResize);
    stream.write('\u001b[?25l');
  }

  /** Columns and lines of the terminal now; a line stays free for the cursor. */
  size(): { readonly width: number; readonly height: number } {
    return { width: Math.max(20, this.#stream.columns), height: Math.max(5, this.#stream.rows - 1) };
  }

  draw(lines: readonly string[]): void {
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A\r` : '\r';
    const home = this.#isResized ? '\u001b[2J\u001b[H' : up;
    const over = lines.map((line) => `\u001b[K${line}\n`).join('');
    this.#stream.write(`${home}${over}\u001b[0J`);
    this.#drawn = lines.length;
    this.#isResized = false;
  }

  /** Leaves the last frame where it is, and the cursor below it. */
  close(): void {
    this.#stream.off('resize', this.#onResize);
    this.#stream.write('\u001b[?25h');
  }
}

/** A terminal that can be drawn on; a pipe gets plain lines instead. */
export const isDrawable = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && process.env['TERM'] !== 'dumb' && stream.columns > 0;
