/** What a mistyped word was probably meant to be. */
import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/lib/nearest.ts';

const words = ['critical', 'warning', 'info'];

test.each([
  ['crit', 'critical'],
  ['Warning', 'warning'],
  ['wrning', 'warning'],
  ['inf', 'info'],
])('%s is near %s', (word, meant) => expect(nearest(word, words)).toBe(meant));

test.each(['page', 'x', '', 'catastrophic'])('%j is near nothing', (word) => expect(nearest(word, words)).toBeNull());

test('the hint is a part of a sentence, or nothing', () => {
  expect(didYouMean('crit', words)).toBe('; did you mean "critical"?');
  expect(didYouMean('page', words)).toBe('');
  expect(didYouMean('crit', [])).toBe('');
});
