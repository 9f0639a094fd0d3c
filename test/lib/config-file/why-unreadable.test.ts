import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/lib/config-file/read-file.ts';
import { tempDir } from '../../support/temp-dir.ts';

const whyNot = async (path: string): Promise<string> => {
  const read = await readConfigFile(path);
  return read.ok ? 'it can be read' : read.error.message;
};

describe('a file that is not there', () => {
  it('is told with the one that was probably meant', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'production.yaml'), '');
    expect(await whyNot(join(folder, 'prodution.yaml'))).toBe(
      'the file does not exist; did you mean "production.yaml"?',
    );
    expect(await whyNot(join(folder, 'production.yml'))).toContain('did you mean "production.yaml"?');
    expect(await whyNot(join(folder, 'none.yaml'))).toBe('the file does not exist');
    expect(await whyNot(join(folder, 'something-else.txt'))).toBe('the file does not exist');
  });

  it('is told with its folder, where that is not there either', async () =>
    expect(await whyNot(join(await tempDir(), 'none', 'a.yaml'))).toBe('the file does not exist, nor does its folder'));

  it('may be a folder', async () => expect(await whyNot(await tempDir())).toBe('this is a folder, not a file'));
});
