/** One frame of `sluice watch`: the release, its detail or the help above, the foot at the bottom. Pure. */
import type { LogEntry } from '../../release/log.ts';
import type { ReleaseView } from '../../report/release-view.ts';
import { headline, liveScreen, type Screen } from '../live-screen.ts';
import { fit, wrap } from '../render/fit.ts';
import { detailLines } from './detail-lines.ts';
import { type Foot, footLines } from './foot-lines.ts';
import { helpLines } from './help-lines.ts';

export interface FrameInput extends Foot {
  readonly view: ReleaseView;
  /** The whole log, oldest first. */
  readonly log: readonly LogEntry[];
  /** Since when nobody answers; null: somebody does. */
  readonly silence: string | null;
  readonly keys: 'keys' | 'none';
}

/** At most `height` lines of at most `width` characters, colour aside; the foot stays, whatever the rest needs. */
export const frame = (input: FrameInput, { width, height, paint }: Screen): readonly string[] => {
  const top = input.silence === null ? [] : wrap(`! ${input.silence}`, width, '  ').map((line) => paint(line, 'bad'));
  const foot = input.keys === 'none' ? [] : footLines(input.view, input, width);
  const shownFoot = foot.slice(-height).map((line) => paint(line, toneOf(input)));
  const room = Math.max(0, height - top.length - shownFoot.length);
  const middle = paneLines(input, { width, height: room, paint });
  const filled = foot.length === 0 ? middle : Array.from({ length: room }, (_, row) => middle[row] ?? '');
  return [...top, ...filled, ...shownFoot].slice(-height);
};

const toneOf = ({ state, notice }: Foot) => (state.prompt.kind === 'none' && notice === '' ? 'faint' : 'care');

const paneLines = (input: FrameInput, screen: Screen): readonly string[] => {
  const { log, state, view } = input;
  switch (state.pane) {
    case 'release':
      return liveScreen({ ...view, recent: log.length > view.recent.length ? log : view.recent }, screen);
    case 'help':
      return helpLines(screen.width).slice(0, screen.height);
    case 'detail':
      return windowOf(view, detailLines(view, log, screen.width), { ...screen, scroll: state.scroll });
  }
};

const windowOf = (
  view: ReleaseView,
  lines: readonly string[],
  { height, paint, scroll, width }: Screen & { readonly scroll: number },
): readonly string[] => {
  const head = headline(view, width).map((line) => paint(fit(line, width), 'strong'));
  const room = Math.max(0, height - head.length - 1);
  const from = lastFrom(lines.length, room, scroll);
  const to = Math.min(lines.length, from + room);
  const place = fit(`lines ${from + 1} to ${to} of ${lines.length}`, width);
  return [...head, paint(place, 'faint'), ...lines.slice(from, to)];
};

/** Nobody scrolls beyond the end. */
const lastFrom = (count: number, room: number, scroll: number): number => Math.min(scroll, Math.max(0, count - room));

/** Most that the detail can be moved up by: more presses than that would have to be taken back one by one. */
export const mostScroll = ({ log, view }: FrameInput, { width, height }: Screen): number =>
  Math.max(0, detailLines(view, log, width).length - Math.max(1, height - 6));
