import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit, wrap } from '../../src/cli/render/fit.ts';
import { plainPaint } from '../../src/cli/render/paint.ts';
import { releaseTable } from '../../src/cli/render/release-table.ts';
import { stepBar } from '../../src/cli/render/step-bar.ts';
import { table } from '../../src/cli/render/table.ts';
import { splitWords } from '../../src/cli/split-words.ts';
import type { Release } from '../../src/release/release.ts';
import { releaseView } from '../../src/report/release-view.ts';
import { bakingRelease, rolledBackRelease, samplePolicy } from '../support/sample-release.ts';

const view = (release: Release) =>
  releaseView({ release, policy: samplePolicy, log: [], instances: null, nowMs: release.updatedAtMs });

describe('text in a width', () => {
  it('is cut with a mark', () => {
    expect(fit('abcdef', 4)).toBe('abc~');
    expect(fit('abc', 4)).toBe('abc');
  });

  it('is wrapped at spaces and loses no word that fits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { minLength: 1 }),
        fc.integer({ min: 12, max: 60 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width, '  ');
          expect(lines.every((line) => line.length <= width)).toBe(true);
          expect(lines.join(' ').split(/\s+/)).toEqual(words);
        },
      ),
    );
  });
});

describe('a table', () => {
  it('leaves out columns of the highest rank first, then cuts', () => {
    const columns = ['first', 'second', 'third'].map((head, rank) => ({
      head,
      cell: () => ({ text: 'x'.repeat(10) }),
      rank,
    }));
    const shown = (width: number) => table(columns, [1], { width, paint: plainPaint });
    expect(shown(40)[0]).toBe('first       second      third');
    expect(shown(30)[0]).toBe('first       second');
    expect(shown(15)[0]).toBe('first');
    expect(shown(6)).toEqual(['first', 'xxxxx~']);
  });

  it('of releases shows what needs a person first', () => {
    const waiting = { reason: 'Paused', message: 'Paused by ann: lunch', rule: null, atMs: 0, data: {} };
    const paused = view(bakingRelease({ id: 'app-1', waiting }));
    const lines = releaseTable([view(rolledBackRelease()), view(bakingRelease({ id: 'app-2' })), paused], {
      width: 100,
      paint: plainPaint,
    });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['RELEASE', 'app-1', 'app-2', 'app-3f2a']);
    expect(lines[1]).toContain('needs a person: Paused by ann: lunch');
  });

  it('of no releases says how to begin one', () => {
    expect(releaseTable([], { width: 80, paint: plainPaint })[0]).toContain('begin one with: sluice start');
  });
});

describe('the bar of steps', () => {
  const { steps } = view(bakingRelease());
  it.each([
    [80, '[#### 25% 10m done][#... 50% 15m 07:42][.... 100% 30m]'],
    [50, '[#### 25%][#... 50%][.... 100%]'],
  ])('in %i columns', (width, text) => expect(stepBar(steps, width)).toBe(text));
});

describe('words of a command line', () => {
  it.each([
    ['node server.js', ['node', 'server.js']],
    [`  sh -c "echo 'a b' \\"c\\""  `, ['sh', '-c', `echo 'a b' "c"`]],
    [`a\\ b 'c d'e`, ['a b', 'c de']],
    [`--x='1 2'`, ['--x=1 2']],
    [`''`, ['']],
  ])('%j', (line, words) => expect(splitWords(line)).toEqual({ ok: true, value: words }));

  it('says so when a quote is not closed', () => {
    expect(splitWords('echo "a')).toEqual({ ok: false, error: 'a quote in "echo \\"a" is not closed' });
  });
});
