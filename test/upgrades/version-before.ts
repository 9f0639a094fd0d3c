/** Another version of this program, as its history has it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { AtEnd } from '../support/at-end.ts';
import { tempDir } from '../support/temp-dir.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** Its `src/main.ts`, with this checkout's packages. Throws when the history has no such commit. */
export async function versionBefore(commit: string, atEnd: AtEnd): Promise<string> {
  const folder = join(await tempDir(atEnd), 'before');
  mkdirSync(folder);
  const archive = execFileSync('git', ['archive', '--format=tar', commit, 'src', 'rules', 'package.json'], {
    cwd: checkout,
    maxBuffer: 1_073_741_824,
  });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'src', 'main.ts');
}
