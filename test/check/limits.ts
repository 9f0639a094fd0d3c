/** `npm run limits`: reads src and test, prints how long the files are, and fails on what code-limits.ts forbids. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { lineCount, median, type SourceFile, violations } from './code-limits.ts';

const root = join(import.meta.dirname, '..', '..');
const ownWords = /^test\/check\/code-limits/;

const files: readonly SourceFile[] = ['src', 'test']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((path) => !ownWords.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const lengths = files
  .filter((file) => file.path.startsWith('src/'))
  .map((file) => ({ path: file.path, lines: lineCount(file.text) }))
  .sort((a, b) => b.lines - a.lines);
const middle = median(lengths.map(({ lines }) => lines));
console.log(
  `src: ${lengths.length} files, median ${middle} lines, longest ${lengths[0]?.lines ?? 0} (${lengths[0]?.path ?? '-'})`,
);

const found = violations(files);
for (const line of found) console.error(line);
if (found.length > 0) process.exitCode = 1;
