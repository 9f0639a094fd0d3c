/** `npm run lock`: after a dependency changed, writes the lock file's entries for binaries of other platforms. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completed, type LockPackages, missingBinaries } from './lock-file.ts';

const file = join(import.meta.dirname, '..', '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { readonly packages: LockPackages };
const missing = missingBinaries(lock.packages);
writeFileSync(file, `${JSON.stringify({ ...lock, packages: completed(lock.packages) }, null, 2)}\n`);
console.log(`package-lock.json: ${missing.length} entries added`);
for (const { name, version } of missing) console.log(`  ${name} ${version}`);
