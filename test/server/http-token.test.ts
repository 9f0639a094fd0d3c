import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carriedKey, ownToken, readKeys } from '../../src/server/http-token.ts';
import { tempDir } from '../support/temp-dir.ts';

const keysOf = async (text: string) => {
  const file = join(await tempDir(), 'token');
  await writeFile(file, text);
  return readKeys(file);
};

describe('readKeys', () => {
  it.each([
    ['0123456789abcdef\n', [{ token: '0123456789abcdef', name: null }]],
    [
      '# who may\n\nada  0123456789abcdef\nbob 0123456789abcdeg\r\n',
      [
        { token: '0123456789abcdef', name: 'ada' },
        { token: '0123456789abcdeg', name: 'bob' },
      ],
    ],
  ])('of a file with %j', async (text, keys) => expect(await keysOf(text)).toEqual({ ok: true, value: keys }));

  it.each([
    ['short', 'at least 16 letters'],
    ['ada short', 'at least 16 letters'],
    ['three words of-which-one-is-long-enough', 'one word of at least 16 letters, or a name and such a word'],
    ['', 'at least 16 letters'],
    ['ada 0123456789abcdef\nbob 0123456789abcdef', 'two lines hold the same token'],
  ])('refuses a file with %j', async (text, message) => {
    const read = await keysOf(text);
    expect(read.ok ? '' : read.error.message).toContain(message);
  });

  it('names the file that is not there', async () => {
    const read = await readKeys('/nowhere/token');
    expect(read.ok ? '' : read.error.message).toContain('/nowhere/token');
  });
});

const keys = [
  { token: '0123456789abcdef', name: 'ada' },
  { token: 'fedcba9876543210', name: null },
];

describe('carriedKey', () => {
  it.each([
    ['Bearer 0123456789abcdef', keys[0]],
    ['bearer fedcba9876543210', keys[1]],
    ['Bearer 0123456789abcde', null],
    ['Basic 0123456789abcdef', null],
    ['0123456789abcdef', null],
    [undefined, null],
  ])('%s', (header, expected) => expect(carriedKey(header, keys)).toEqual(expected));
});

describe('ownToken', () => {
  it.each([
    ['0123456789abcdef\n', '0123456789abcdef'],
    ['# mine\nada 0123456789abcdef\nbob other', '0123456789abcdef'],
    ['', ''],
  ])('of %j', (text, token) => expect(ownToken(text)).toBe(token));
});
