/** Why a file that was named can't be read, in words, with the file that was probably meant. */
import { readdirSync } from 'node:fs';
import { extname, parse } from 'node:path';
import { didYouMean, nearest } from '../nearest.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'the file may not be read; check its permissions',
  EISDIR: 'this is a folder, not a file',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'the symbolic links go round in a circle',
};

export const whyUnreadable = (path: string, error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return `the file does not exist${meant(path)}`;
  return reasons[code] ?? `the file cannot be read (${code || String(error)})`;
};

const meant = (path: string): string => {
  const { base, dir, ext, name } = parse(path);
  try {
    const files = readdirSync(dir === '' ? '.' : dir);
    // An ending that all have says nothing of which one was meant.
    const alike = files.filter((file) => extname(file) === ext).map((file) => file.slice(0, file.length - ext.length));
    const near = nearest(name, alike);
    return near === null
      ? didYouMean(
          base,
          files.filter((file) => extname(file) !== ext),
        )
      : `; did you mean ${JSON.stringify(near + ext)}?`;
  } catch {
    return ', nor does its folder';
  }
};
