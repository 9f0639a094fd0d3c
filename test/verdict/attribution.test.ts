import { describe, expect, test } from 'vitest';
import { attribute, type Findings, type Ruling } from '../../src/verdict/attribution.ts';

const ruling = (
  absolute: Findings['absolute'],
  relative: Findings['relative'],
  surroundings: Findings['surroundings'],
) => attribute({ absolute, relative, surroundings });

const everywhere = [
  'inside',
  'outside',
  'outside-after-rise',
  'idle-healthy',
  'idle-failing',
  'idle-unknown',
] as const satisfies readonly Findings['surroundings'][];

describe('the attribution table, row by row', () => {
  test.each(everywhere)('both tests in breach: roll back, however stable fares (%s)', (surroundings) => {
    expect(ruling('breach', 'breach', surroundings)).toBe('rollback');
    expect(ruling('breach', 'breach-at-3', surroundings)).toBe('rollback');
  });

  test.each([
    ['stable went outside soon after a rise', 'outside-after-rise', 'rollback-shared'],
    ['stable is outside otherwise', 'outside', 'environment'],
    ['stable is inside: the relative test decides', 'inside', 'await-relative'],
    ['no stable traffic, baseline inside, probes pass', 'idle-healthy', 'rollback'],
    ["no stable traffic, stable's probes fail", 'idle-failing', 'environment'],
    ['no stable traffic, pods gone or no baseline', 'idle-unknown', 'rollback'],
  ] satisfies [string, Findings['surroundings'], Ruling][])(
    'absolute breach alone, %s',
    (_, surroundings, expected) => {
      expect(ruling('breach', 'not', surroundings)).toBe(expected);
      expect(ruling('breach', 'inconclusive', surroundings)).toBe(expected);
    },
  );

  test('where versions cannot be compared (affinity) the limit decides, unless stable is outside, too', () => {
    expect(everywhere.map((surroundings) => ruling('breach', 'off', surroundings))).toEqual([
      'rollback',
      'environment',
      'rollback-shared',
      'rollback',
      'environment',
      'rollback',
    ]);
  });

  test.each(everywhere)('compare: absolute looks at nothing else (%s)', (surroundings) => {
    expect(ruling('breach', 'unused', surroundings)).toBe('rollback');
  });

  test.each(everywhere)('inside the limit (%s)', (surroundings) => {
    expect(ruling('inside', 'breach-at-3', surroundings)).toBe('worse-than-stable');
    expect(ruling('inside', 'breach', surroundings)).toBe('worse-within-limit');
    expect(ruling('inside', 'not', surroundings)).toBe('nothing-wrong');
    expect(ruling('inside', 'inconclusive', surroundings)).toBe('nothing-wrong');
    expect(ruling('inside', 'off', surroundings)).toBe('nothing-wrong');
    expect(ruling('inside', 'unused', surroundings)).toBe('nothing-wrong');
  });

  test.each(everywhere)('an inconclusive absolute test decides nothing (%s)', (surroundings) => {
    for (const relative of ['breach-at-3', 'breach', 'not', 'inconclusive', 'off', 'unused'] as const)
      expect(ruling('inconclusive', relative, surroundings)).toBe('inconclusive');
  });
});
