import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, padded } from '../../src/cli/render/columns.ts';
import { fit, wrap } from '../../src/cli/render/fit.ts';
import { plainPaint } from '../../src/cli/render/paint.ts';
import { releaseTable } from '../../src/cli/render/release-table.ts';
import { shown } from '../../src/cli/render/shown.ts';
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

describe('wide characters', () => {
  it.each([
    ['支払い', 6],
    ['café', 4],
    ['cafe\u0301', 4],
    ['🚀', 2],
    ['👩‍🚀', 2],
    ['', 0],
  ])('%j takes %i columns', (text, columns) => expect(columnsOf(text)).toBe(columns));

  it('are never cut in two', () => {
    expect(fit('支払い', 5)).toBe('支払~');
    expect(fit('支払い', 4)).toBe('支~');
    expect(fit('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301~');
  });

  it('without a space between them go on in the next line, none lost', () => {
    expect(wrap('支払いが失敗したので戻す', 10, '  ')).toEqual(['支払いが失', '  敗したの', '  で戻す']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 8, max: 30 }), (text, width) => {
        const lines = wrap(text, width, '  ');
        expect(Math.max(0, ...lines.map(columnsOf))).toBeLessThanOrEqual(width);
        const bare = (some: string) => some.replaceAll(/\s/g, '');
        expect(bare(lines.join(''))).toBe(bare(shown(text.replaceAll(/\s+/g, ' '))));
      }),
    );
  });

  it('stand in the columns of a table', () => {
    const column = (head: string, rank: number) => ({ head, rank, cell: (row: string) => ({ text: row }) });
    const lines = table([column('A', 0), column('B', 0)], ['支払い', 'plain', 'cafe\u0301'], {
      width: 40,
      paint: plainPaint,
    });
    expect(lines).toEqual(['A       B', '支払い  支払い', 'plain   plain', 'cafe\u0301    cafe\u0301']);
  });

  it('are filled up to a width', () => expect(padded('支', 5, '.')).toBe('支...'));
});

describe('text that would steer a terminal', () => {
  it.each(['\u001b[2J', '\u009b31m', 'a\nb', '\u202e', '\u2066', '\u0007'])('%j is only shown', (text) => {
    const lines = [fit(text, 20), ...wrap(text, 20), ...cellOf(text)].join('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(lines).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
});

const cellOf = (text: string): readonly string[] =>
  table([{ head: 'A', rank: 0, cell: () => ({ text }) }], [1], { width: 20, paint: plainPaint });

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
    expect(releaseTable([], { width: 80, paint: plainPaint })[0]).toContain('begin one with `sluice start');
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
