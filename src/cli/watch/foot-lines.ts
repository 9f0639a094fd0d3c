/** The last lines of `sluice watch`: what an order came to, what is asked for, which keys there are. */
import type { ReleaseView } from '../../report/release-view.ts';
import { columnsOf, split } from '../render/columns.ts';
import { fit, wrap } from '../render/fit.ts';
import type { Pane, WatchState } from './press.ts';

export interface Foot {
  readonly state: WatchState;
  /** What the last order came to; empty: none was given. */
  readonly notice: string;
}

export const footLines = (view: ReleaseView, { state, notice }: Foot, width: number): readonly string[] => {
  const said = notice === '' ? [] : wrap(notice, width, '  ');
  return [...said, ...asked(view, state, width)];
};

const asked = (view: ReleaseView, { pane, prompt }: WatchState, width: number): readonly string[] => {
  const { actions, id } = view;
  const does = actions.find(({ name }) => name === 'abort')?.does ?? '';
  switch (prompt.kind) {
    case 'reason':
      return [
        ...wrap(`abort ${id}: why? For the log; Enter goes on, Escape does nothing.`, width),
        newest(`> ${prompt.text}_`, width),
      ];
    case 'confirm':
      return [
        ...wrap(`abort ${id}: ${prompt.reason}`, width, '  '),
        ...wrap(does, width),
        fit("y: do it; any other key: don't", width),
      ];
    case 'none':
      return [keyLine(pane, width)];
  }
};

/** What is typed last stays in sight. */
const newest = (text: string, width: number): string => split(text, columnsOf(text) - width)[1];

const words: Readonly<Record<Pane, readonly string[]>> = {
  release: ['p pause', 'r resume', 'a abort', 'd detail', '? help', 'q leave'],
  detail: ['arrows move', 'd back', 'p pause', 'r resume', 'a abort', 'q leave'],
  help: ['? back', 'p pause', 'r resume', 'a abort', 'q leave'],
};

const keyLine = (pane: Pane, width: number): string => {
  const wide = words[pane].join('   ');
  // How to leave is what has to be in sight.
  const narrow = [...words[pane].slice(-1), ...words[pane].slice(0, -1)].join(' ');
  return wide.length <= width ? wide : fit(narrow, width);
};
