/**
 * A release on a live screen: what the controller last said of it, and what keys make of that.
 *
 *     poll ──► view, log ─┐
 *     key ──► press ──────┼──► frame
 *               └─ order ─┴──► notice
 */
import type { LogEntry } from '../../release/log.ts';
import type { ReleaseView } from '../../report/release-view.ts';
import type { Context } from '../context.ts';
import { endCode } from '../end-code.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Key } from '../keyboard.ts';
import type { Live } from '../live.ts';
import { liveScreen } from '../live-screen.ts';
import { changedText, orderWords, sendOrder } from '../order.ts';
import type { Size } from '../redraw.ts';
import { Silence } from '../silence.ts';
import { type FrameInput, frame, mostScroll } from './frame.ts';
import { atFirst, press, type WatchState, type Wish } from './press.ts';

type Order = Extract<Wish, { readonly kind: 'order' }>;

export class WatchLive implements Live {
  readonly #context: Context;
  readonly #silence = new Silence(Date.now());
  #view: ReleaseView;
  #log: readonly LogEntry[] = [];
  #state: WatchState = atFirst;
  #notice = '';
  #isOrdering = false;
  #size: Size = { width: 80, height: 24 };

  constructor(context: Context, view: ReleaseView) {
    this.#context = context;
    this.#view = view;
  }

  async poll(): Promise<ExitCode | null> {
    const found = await this.#context.api.release(this.#view.id);
    if (!found.ok) {
      this.#silence.failed(found.error.message);
      return null;
    }
    this.#silence.heard(Date.now());
    this.#view = found.value;
    await this.#readLog();
    return this.#view.ended ? endCode(this.#view) : null;
  }

  pressed(key: Key): ExitCode | null {
    const { state, wish } = press(this.#state, key, Math.max(1, this.#size.height - 6));
    if (wish.kind === 'leave') return exitCodes.interrupted;
    const order = wish.kind === 'order' ? wish.action : asksFor(this.#state, state);
    const objection = order === null ? null : this.#objection(order);
    if (objection !== null) {
      this.#notice = `${order}: ${objection}`;
      this.#state = { ...state, prompt: { kind: 'none' } };
      return null;
    }
    this.#state = this.#withinLog(state);
    if (order !== null) this.#notice = '';
    if (wish.kind === 'order') void this.#order(wish);
    return null;
  }

  frame(size: Size, keys: 'keys' | 'none'): readonly string[] {
    this.#size = size;
    return frame(this.#input(keys), { ...size, paint: this.#context.paint });
  }

  last(size: Size): readonly string[] {
    return liveScreen(this.#view, { ...size, height: size.height - 1, paint: this.#context.paint });
  }

  #input(keys: 'keys' | 'none'): FrameInput {
    const silence = this.#silence.line(Date.now());
    return { view: this.#view, log: this.#log, state: this.#state, notice: this.#notice, silence, keys };
  }

  /** Why it can not be ordered now, in the page's words; null: it can. */
  #objection(name: Order['action']): string | null {
    return this.#view.actions.find((offer) => offer.name === name)?.why ?? null;
  }

  #withinLog(state: WatchState): WatchState {
    if (state.scroll === 0) return state;
    const most = mostScroll(this.#input('keys'), { ...this.#size, paint: this.#context.paint });
    return { ...state, scroll: Math.min(state.scroll, most) };
  }

  /** Only what is new of it, and only when there is something new. */
  async #readLog(): Promise<void> {
    const newest = this.#view.recent.at(-1);
    const known = this.#log.at(-1);
    if (newest === undefined || (newest.atMs === known?.atMs && newest.message === known.message)) return;
    const page = await this.#context.api.log(this.#view.id, this.#log.length);
    if (page.ok) this.#log = [...this.#log, ...page.value.entries];
  }

  /** One at a time: what the first came to decides whether a second is wanted. */
  async #order({ action, reason }: Order): Promise<void> {
    if (this.#isOrdering) return;
    this.#isOrdering = true;
    this.#notice = `${action} ${this.#view.id} ...`;
    const order = orderWords[action](reason);
    const after = await sendOrder(this.#context.api, this.#view, order);
    if (after.ok) this.#view = after.value;
    this.#notice = after.ok ? changedText(order, after.value) : `${action}: ${after.error.message}`;
    this.#isOrdering = false;
  }
}

/** A question that has just come up, and what it is about. */
const asksFor = (before: WatchState, { prompt }: WatchState): 'abort' | null =>
  before.prompt.kind === 'none' && prompt.kind === 'reason' ? 'abort' : null;
