import { describe, expect, it } from 'vitest';
import { candidates } from '../../../src/cli/completion/candidates.ts';
import { placeInLine } from '../../../src/cli/completion/place-in-line.ts';
import { createProgram } from '../../../src/cli/program.ts';

const place = (...words: readonly string[]) => placeInLine(createProgram(), words);

const wordsAt = (...words: readonly string[]): readonly string[] => {
  const found = candidates(place(...words));
  return found.kind === 'words' ? found.words.map(({ word }) => word) : [`<${found.kind}>`];
};

describe('what a Tab offers', () => {
  it('is every command that help lists, and no hidden one', () => {
    expect(wordsAt('')).toEqual(expect.arrayContaining(['demo', 'watch', 'completion', 'rules', 'help']));
    expect(wordsAt('')).not.toContain('complete');
    expect(wordsAt('-o', 'json', '')).toContain('watch');
    expect(wordsAt('rules', '')).toEqual(expect.arrayContaining(['check', 'plan', 'backtest']));
  });

  it.each([
    [
      ['list', '-'],
      ['--watch', '--active', '--policy', '--server', '--output', '--help'],
    ],
    [
      ['list', '-o', ''],
      ['table', 'json', 'yaml', 'name'],
    ],
    [
      ['list', '--output=j'],
      ['table', 'json', 'yaml', 'name'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('at %o holds %o', (words, expected) => {
    expect(wordsAt(...words)).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    [['watch', ''], '<releases>'],
    [['abort', '--reason', 'it is broken', ''], '<releases>'],
    [['start', ''], '<policies>'],
    [['list', '--policy', ''], '<policies>'],
    [['run', 'a.yaml', ''], '<files>'],
    [['preflight', ''], '<files>'],
    [['rules', 'check', ''], '<files>'],
    [['--token-file', ''], '<files>'],
    [['start', 'app', '--', 'node', ''], '<files>'],
  ])('at %o is %s', (words, expected) => {
    expect(wordsAt(...words)).toEqual([expected]);
  });

  it.each([[['watch', 'app', '']], [['abort', 'app', '--reason', '']], [['nonsense', '']]])(
    'at %o is nothing',
    (words) => {
      expect(wordsAt(...words)).toEqual([]);
    },
  );

  it('asks the controller that the line names', () => {
    expect(place('--server', 'http://a:1', 'watch', '').given.get('--server')).toBe('http://a:1');
    expect(place('watch', '--server=http://b:2', '').given.get('--server')).toBe('http://b:2');
  });

  it('takes words behind -- for what they are', () => {
    expect(place('start', 'app', '--', '--server', '')).toMatchObject({ given: new Map() });
  });
});
