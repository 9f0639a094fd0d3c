/** The words of a threshold: `0.1%`, `500ms`, `0.5s`, `-10% from baseline`. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Threshold } from './rule.ts';

/** What a threshold can be compared with: it decides which words make sense. */
export type Measure = 'errors' | 'time' | 'volume' | 'share' | 'level';

const percentWord = /^([0-9]+(?:\.[0-9]+)?) ?%$/;
const timeWord = /^([0-9]+(?:\.[0-9]+)?) ?(ms|s|m)$/;
const dropWord = /^-([0-9]+(?:\.[0-9]+)?) ?%( from baseline)?$/;
const bareNumber = /^[0-9]+(?:\.[0-9]+)?$/;

const secondsPerUnit = { ms: 0.001, s: 1, m: 60 } as const;

/** Free of the last digits' noise: 0.1 % is 0.001, not 0.0010000000000000002. */
const tidy = (value: number): number => Number(value.toPrecision(12));

const forms: Readonly<Record<Measure, string>> = {
  errors: 'a share of the requests such as 0.1%',
  time: 'a time such as 500ms or 0.5s',
  volume: 'a drop such as -10% from baseline',
  share: 'a share of the limit such as 80%',
  level: 'a share such as 80%, or a time such as 5s',
};

const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);

/** A number without a unit; below 1 it may well have been meant as a fraction. */
export const withoutUnit = (text: string): string => {
  const fraction = Number(text) < 1 ? `${tidy(Number(text) * 100)}% for a share of 1, ` : '';
  return `${text} has no unit; write ${fraction}${text}%, ${text}ms or ${text}s`;
};

/** Understands one threshold word by itself; the error says what the words are. */
export const parseThreshold = (text: string): Result<Threshold, string> => {
  const word = text.trim();
  const percent = percentWord.exec(word);
  if (percent) return ok({ kind: 'ratio-above', ratio: tidy(Number(percent[1]) / 100) });
  const time = timeWord.exec(word);
  if (time) {
    const seconds = Number(time[1]) * secondsPerUnit[time[2] as keyof typeof secondsPerUnit];
    return ok({ kind: 'seconds-above', seconds: tidy(seconds) });
  }
  const drop = dropWord.exec(word);
  if (drop?.[2]) return ok({ kind: 'drop-from-baseline', ratio: tidy(Number(drop[1]) / 100) });
  if (drop) return failed(`${quote(text)} does not say from where; write ${quote(`${word} from baseline`)}`);
  if (/^\+?[0-9.]+ ?% from baseline$/.test(word)) {
    return failed(`${quote(text)} is no drop; only a drop can be judged: write ${quote(`-${word.replace('+', '')}`)}`);
  }
  if (bareNumber.test(word)) return failed(withoutUnit(word));
  return failed(`${quote(text)} is not a threshold; write 0.1%, 500ms, 0.5s or -10% from baseline`);
};

const fits = (measure: Measure, kind: Threshold['kind']): boolean => {
  switch (measure) {
    case 'errors':
    case 'share':
      return kind === 'ratio-above';
    case 'time':
      return kind === 'seconds-above';
    case 'volume':
      return kind === 'drop-from-baseline';
    case 'level':
      return kind !== 'drop-from-baseline';
  }
};

const upperRatio: Readonly<Record<Measure, number>> = { errors: 0.5, share: 1, volume: 0.99, level: 100, time: 1 };

const outOfRange = (measure: Measure, threshold: Threshold): string | null => {
  const value = threshold.kind === 'seconds-above' ? threshold.seconds : threshold.ratio;
  if (value <= 0) return 'is zero: nothing could ever pass; write a limit above 0';
  if (threshold.kind === 'seconds-above') return value > 3600 ? 'is longer than 60m' : null;
  return value > upperRatio[measure] ? `is above ${upperRatio[measure] * 100}%` : null;
};

/** Why this threshold does not suit what the rule measures; null: it does. `text` is the word as written. */
export const thresholdMisfit = (measure: Measure, threshold: Threshold, text: string): string | null => {
  if (!fits(measure, threshold.kind)) return `${quote(text)} does not fit; this rule measures ${forms[measure]}`;
  const range = outOfRange(measure, threshold);
  return range === null ? null : `${quote(text)} ${range}`;
};
