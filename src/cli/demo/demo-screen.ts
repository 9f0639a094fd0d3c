/** The demo on a terminal: what is played, what users see, and under it the release as `sluice watch` draws it. Pure. */
import { span } from '../../verdict/words.ts';
import { liveScreen, type Screen } from '../live-screen.ts';
import { columnsOf } from '../render/columns.ts';
import { fit, wrap } from '../render/fit.ts';
import { elapsedText, type Scene } from './scene.ts';
import { usersText } from './users-text.ts';

/** At most `height` lines of at most `width` characters (colour aside), always as many, so that nothing jumps. */
export const demoScreen = (scene: Scene, screen: Screen): readonly string[] => {
  const { width, height, paint } = screen;
  const top = [
    paint(between(scene.act, clock(scene), width), 'strong'),
    paint(longestThatFits(timeTexts(scene), width), 'faint'),
    longestThatFits(usersText(scene.users), width),
    ...noteLines(scene.note, width).map((line) => paint(line, 'care')),
    '',
  ];
  const bottom = scene.keys.length === 0 ? [] : [paint(longestThatFits(keyTexts(scene.keys), width), 'faint')];
  const room = Math.max(0, height - top.length - bottom.length);
  const middle = scene.view === null ? [] : liveScreen(scene.view, { width, height: room, paint });
  const filled = Array.from({ length: room }, (_, line) => middle[line] ?? '');
  return [...top, ...filled, ...bottom].slice(0, height);
};

/** Always two lines: what is below stays where it is. */
const noteLines = (note: string, width: number): readonly string[] => {
  const [first = '', second = '', third] = wrap(`> ${note}`, width, '  ');
  return [first, third === undefined ? second : fit(`${second} ~~`, width)];
};

const clock = ({ elapsedMs, expectedMs }: Scene): string =>
  expectedMs === null ? elapsedText(elapsedMs) : `${elapsedText(elapsedMs)} of about ${elapsedText(expectedMs)}`;

const between = (left: string, right: string, width: number): string => {
  const gap = width - columnsOf(left) - columnsOf(right);
  return gap < 2
    ? `${fit(left, Math.max(0, width - columnsOf(right) - 2))}  ${right}`
    : `${left}${' '.repeat(gap)}${right}`;
};

const timeTexts = ({ factor }: Scene): readonly string[] => {
  const bake = `a bake of 10m takes ${span(600_000 / factor)}`;
  return [
    `time of plan and rules runs ${factor} times faster: ${bake}; requests are real`,
    `time runs ${factor} times faster: ${bake}`,
    `time runs ${factor} times faster`,
  ];
};

const keyTexts = (keys: readonly string[]): readonly string[] => [`keys:  ${keys.join('   ')}`, keys.join(' ')];

/** The last one is cut if even that is too long. */
const longestThatFits = (texts: readonly string[], width: number): string =>
  texts.find((text) => columnsOf(text) <= width) ?? fit(texts.at(-1) ?? '', width);
