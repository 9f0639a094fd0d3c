/** The words of a threshold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseThreshold, thresholdMisfit } from '../../src/rules/threshold.ts';

describe('parseThreshold', () => {
  test.each([
    ['0.1%', { kind: 'ratio-above', ratio: 0.001 }],
    ['80 %', { kind: 'ratio-above', ratio: 0.8 }],
    ['500ms', { kind: 'seconds-above', seconds: 0.5 }],
    ['0.5s', { kind: 'seconds-above', seconds: 0.5 }],
    ['2m', { kind: 'seconds-above', seconds: 120 }],
    ['-10% from baseline', { kind: 'drop-from-baseline', ratio: 0.1 }],
    ['-12.5 % from baseline', { kind: 'drop-from-baseline', ratio: 0.125 }],
  ])('%s', (text, threshold) => expect(parseThreshold(text)).toEqual({ ok: true, value: threshold }));

  test.each(['', '%', '1e3%', '1,5%', '5 5%', '--5%', 'Infinity%', '0x10%', '500 MS', '5h', '1%%', 'NaN', '.5s'])(
    '%j is none',
    (text) => expect(parseThreshold(text).ok).toBe(false),
  );

  test('a percentage is the nearest fraction, free of noise', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (thousandths) => {
        const parsed = parseThreshold(`${thousandths / 1000}%`);
        expect(parsed).toEqual({ ok: true, value: { kind: 'ratio-above', ratio: thousandths / 100_000 } });
      }),
    );
  });

  test('any text gets a threshold or a sentence, never a throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseThreshold(text);
        if (!parsed.ok) expect(parsed.error).not.toBe('');
      }),
    );
  });
});

test('a threshold fits what is measured, or the message says what would', () => {
  const seconds = { kind: 'seconds-above', seconds: 5 } as const;
  expect(thresholdMisfit('time', seconds, '5s')).toBeNull();
  expect(thresholdMisfit('level', seconds, '5s')).toBeNull();
  expect(thresholdMisfit('share', seconds, '5s')).toBe(
    '"5s" does not fit; this rule measures a share of the limit such as 80%',
  );
});
