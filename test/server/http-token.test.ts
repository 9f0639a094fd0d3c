import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carriesToken, readToken } from '../../src/server/http-token.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('readToken', () => {
  it.each([
    ['0123456789abcdef\n', '0123456789abcdef'],
    ['short', 'has to hold one word of at least 16 letters'],
    ['two words are not a token', 'has to hold one word of at least 16 letters'],
    ['', 'has to hold one word of at least 16 letters'],
  ])('of a file with %j', async (text, expected) => {
    const file = join(await tempDir(), 'token');
    await writeFile(file, text);
    const read = await readToken(file);
    expect(read.ok ? read.value : read.error.message).toContain(expected);
  });

  it('names the file that is not there', async () => {
    const read = await readToken('/nowhere/token');
    expect(read.ok ? '' : read.error.message).toContain('/nowhere/token');
  });
});

describe('carriesToken', () => {
  it.each([
    ['Bearer 0123456789abcdef', true],
    ['bearer 0123456789abcdef', true],
    ['Bearer 0123456789abcde', false],
    ['Basic 0123456789abcdef', false],
    ['0123456789abcdef', false],
    [undefined, false],
  ])('%s: %s', (header, expected) => expect(carriesToken(header, '0123456789abcdef')).toBe(expected));
});
