/** What must be there before a release goes on, as lines: what is missing first, with what to do about it. */
import type { ChecklistItem } from '../../report/checklist-item.ts';
import { timeOfDay } from '../../report/format-value.ts';
import type { ReleaseView } from '../../report/release-view.ts';
import { fit, wrap } from './fit.ts';
import type { Paint, Tone } from './paint.ts';

interface Room {
  /** Columns and lines that may be used; what has no line is counted. */
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

/** Whether something of it is missing yet. */
export const isAwaited = ({ checklist, ended }: ReleaseView): boolean => !ended && checklist.some(isMissing);

export const checklistLines = ({ checklist, id }: ReleaseView, { height, paint, width }: Room): readonly string[] => {
  const missing = checklist.filter(isMissing);
  const items = [...missing, ...checklist.filter((item) => !isMissing(item))];
  const head = `CHECKLIST  ${checklist.length - missing.length} of ${checklist.length} there`;
  const lines = items.flatMap((item, index) => itemLines(item, { width, paint }).map((text) => ({ index, text })));
  const isCut = lines.length + 1 > height;
  const shown = isCut ? lines.slice(0, Math.max(0, height - 2)) : lines;
  const left = items.length - (lines[shown.length]?.index ?? items.length);
  return [
    paint(fit(head, width), 'strong'),
    ...shown.map(({ text }) => text),
    ...(isCut ? [paint(fit(`${left} more: sluice get ${id}`, width), 'faint')] : []),
  ].slice(0, Math.max(0, height));
};

const isMissing = ({ state }: ChecklistItem): boolean => state === 'waiting' || state === 'failed';

/** `waiting    approval security: not given; eve may; to do: ...`. */
export const itemLine = (item: ChecklistItem): string => `${item.state.padEnd(stateWidth)}${said(item).join('; ')}`;

const stateWidth = 11;

const itemLines = (item: ChecklistItem, { paint, width }: Pick<Room, 'paint' | 'width'>): readonly string[] =>
  said(item)
    .flatMap((sentence) => wrap(sentence, Math.max(1, width - stateWidth), '  '))
    .map((line, row) =>
      paint(fit(`${(row === 0 ? item.state : '').padEnd(stateWidth)}${line}`, width), tones[item.state]),
    );

const said = ({ atMs, evidence, kind, name, todo }: ChecklistItem): readonly string[] => {
  const since = atMs === null ? '' : `, ${timeOfDay(atMs)}`;
  return [`${kind} ${name}: ${evidence}${since}`, ...(todo === null ? [] : [`to do: ${todo}`])];
};

const tones: Readonly<Record<ChecklistItem['state'], Tone>> = {
  passed: 'good',
  waiting: 'care',
  failed: 'bad',
  overridden: 'care',
};
