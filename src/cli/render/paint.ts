/** Colour for terminals that want it; never the only bearer of a meaning. */
import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'care' | 'faint' | 'strong' | 'plain';

/** Text in a tone. Its visible width stays what it was. */
export type Paint = (text: string, tone: Tone) => string;

export const plainPaint: Paint = (text) => text;

const styles = {
  good: 'green',
  bad: 'red',
  care: 'yellow',
  faint: 'dim',
  strong: 'bold',
} as const;

export const colorPaint: Paint = (text, tone) =>
  tone === 'plain' ? text : styleText(styles[tone], text, { validateStream: false });
