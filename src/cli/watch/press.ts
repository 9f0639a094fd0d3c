/**
 * What each key does in `sluice watch`. Pure.
 *
 *     release ◄──d──► detail       a ──► reason: typed ──Enter──► confirm ──y──► abort
 *        ▲ ──?──► help                     └──Escape─┴──any other key──► nothing is done
 */
import { isLeaving, isSign, type Key } from '../keyboard.ts';

export type Pane = 'release' | 'detail' | 'help';

export type Prompt =
  | { readonly kind: 'none' }
  | { readonly kind: 'reason'; readonly text: string }
  | { readonly kind: 'confirm'; readonly reason: string };

export interface WatchState {
  readonly pane: Pane;
  /** Lines that the detail is moved up by. */
  readonly scroll: number;
  readonly prompt: Prompt;
}

export type Wish =
  | { readonly kind: 'none' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'order'; readonly action: 'pause' | 'resume' | 'abort'; readonly reason: string };

export interface Pressed {
  readonly state: WatchState;
  readonly wish: Wish;
}

export const atFirst: WatchState = { pane: 'release', scroll: 0, prompt: { kind: 'none' } };

/** `page`: lines that the detail moves by at once. */
export const press = (state: WatchState, key: Key, page = 10): Pressed => {
  if (key === 'ctrl-c') return { state, wish: { kind: 'leave' } };
  switch (state.prompt.kind) {
    case 'reason':
      return only(state, typed(state.prompt.text, key));
    case 'confirm':
      return confirmed(state, state.prompt.reason, key);
    case 'none':
      return free(state, key, page);
  }
};

const none: Wish = { kind: 'none' };
const noPrompt: Prompt = { kind: 'none' };

const only = (state: WatchState, prompt: Prompt): Pressed => ({ state: { ...state, prompt }, wish: none });

/** As much as the API takes. */
const longest = 1_000;

const typed = (text: string, key: Key): Prompt => {
  if (key === 'escape') return noPrompt;
  if (key === 'enter') return text.trim() === '' ? { kind: 'reason', text } : { kind: 'confirm', reason: text.trim() };
  if (key === 'backspace') return { kind: 'reason', text: text.replace(/.$/su, '') };
  if (key === 'ctrl-u') return { kind: 'reason', text: '' };
  return { kind: 'reason', text: isSign(key) && text.length < longest ? text + key : text };
};

const confirmed = (state: WatchState, reason: string, key: Key): Pressed => {
  const { state: after } = only(state, noPrompt);
  return { state: after, wish: key === 'y' ? { kind: 'order', action: 'abort', reason } : none };
};

/** For the log, where nobody was asked for one. */
const keyReason = 'by key in sluice watch';

const free = (state: WatchState, key: Key, page: number): Pressed => {
  if (isLeaving(key)) return { state, wish: { kind: 'leave' } };
  if (key === 'p') return { state, wish: { kind: 'order', action: 'pause', reason: keyReason } };
  if (key === 'r') return { state, wish: { kind: 'order', action: 'resume', reason: keyReason } };
  if (key === 'a') return only(state, { kind: 'reason', text: '' });
  return { state: moved(state, key, page), wish: none };
};

const moved = (state: WatchState, key: Key, page: number): WatchState => {
  if (key === 'd') return { ...state, pane: state.pane === 'detail' ? 'release' : 'detail', scroll: 0 };
  if (key === '?') return { ...state, pane: state.pane === 'help' ? 'release' : 'help' };
  if (key === 'escape') return { ...state, pane: 'release' };
  const by = steps(key, page);
  return by === 0 ? state : { ...state, scroll: Math.max(0, state.scroll + by) };
};

const steps = (key: Key, page: number): number => {
  const known: Readonly<Record<Key, number>> = {
    up: -1,
    down: 1,
    pageup: -page,
    pagedown: page,
    home: Number.NEGATIVE_INFINITY,
  };
  return known[key] ?? 0;
};
