/** The releases on a live screen: what needs a person first, as many as the terminal has lines for. */
import type { ReleaseView } from '../report/release-view.ts';
import type { ReleaseQuery } from './api-client.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { isLeaving, type Key } from './keyboard.ts';
import type { Live } from './live.ts';
import type { Size } from './redraw.ts';
import { fit, wrap } from './render/fit.ts';
import { releaseTable } from './render/release-table.ts';
import { Silence } from './silence.ts';

export class ListLive implements Live {
  readonly #context: Context;
  readonly #query: ReleaseQuery;
  readonly #silence = new Silence(Date.now());
  #views: readonly ReleaseView[];

  constructor(context: Context, query: ReleaseQuery, views: readonly ReleaseView[]) {
    this.#context = context;
    this.#query = query;
    this.#views = views;
  }

  async poll(): Promise<ExitCode | null> {
    const listed = await this.#context.api.releases(this.#query);
    if (listed.ok) {
      this.#views = listed.value;
      this.#silence.heard(Date.now());
    } else this.#silence.failed(listed.error.message);
    return null;
  }

  pressed(key: Key): ExitCode | null {
    return isLeaving(key) ? exitCodes.interrupted : null;
  }

  frame(size: Size, keys: 'keys' | 'none'): readonly string[] {
    const { width, height } = size;
    const { paint } = this.#context;
    const silence = this.#silence.line(Date.now());
    const top = silence === null ? [] : wrap(`! ${silence}`, width, '  ').map((line) => paint(line, 'bad'));
    const foot = keys === 'none' ? [] : [paint(fit('q leave   look at one: sluice watch RELEASE', width), 'faint')];
    const room = Math.max(0, height - top.length - foot.length);
    const rows = this.#rows(width, room);
    const filled = foot.length === 0 ? rows : Array.from({ length: room }, (_, row) => rows[row] ?? '');
    return [...top, ...filled, ...foot];
  }

  last({ width, height }: Size): readonly string[] {
    return this.#rows(width, height - 1);
  }

  /** What there is no line for is at least counted. */
  #rows(width: number, room: number): readonly string[] {
    const rows = releaseTable(this.#views, { width, paint: this.#context.paint });
    if (rows.length <= room) return rows;
    const more = fit(`and ${rows.length - Math.max(0, room - 1)} more: sluice list`, width);
    return room < 1 ? [] : [...rows.slice(0, room - 1), this.#context.paint(more, 'faint')];
  }
}
