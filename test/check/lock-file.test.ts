import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completed, type LockPackages, missingBinaries } from './lock-file.ts';

const linter = {
  version: '2.0.0',
  optionalDependencies: { '@lint/cli-linux-x64-musl': '2.0.0', '@lint/cli-win32-x64': '2.0.0' },
};

describe('the lock file', () => {
  it('has an entry for every platform, so that `npm ci` works', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(text) as { readonly packages: LockPackages };
    expect(missingBinaries(packages), 'run `npm run lock`').toEqual([]);
  });

  it('gets the entries that a mirror left out, in order, and keeps the others', () => {
    const own = { version: '1.0.0' };
    const lock = {
      '': own,
      'node_modules/zod': own,
      'node_modules/@lint/lint': linter,
      'node_modules/@lint/cli-win32-x64': own,
    };
    expect(Object.entries(completed(lock))).toEqual([
      ['', own],
      [
        'node_modules/@lint/cli-linux-x64-musl',
        { version: '2.0.0', cpu: ['x64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
      ],
      ['node_modules/@lint/cli-win32-x64', own],
      ['node_modules/@lint/lint', linter],
      ['node_modules/zod', own],
    ]);
  });

  it('finds a binary inside the package that names it', () => {
    const lock = {
      'node_modules/lint': linter,
      'node_modules/lint/node_modules/@lint/cli-win32-x64': { version: '2.0.0' },
    };
    expect(missingBinaries(lock)).toEqual([{ name: '@lint/cli-linux-x64-musl', version: '2.0.0' }]);
  });

  it('refuses to guess a platform', () => {
    expect(() => completed({ 'node_modules/a': { optionalDependencies: { 'b-wasm': '1.0.0' } } })).toThrow(
      'no platform',
    );
  });
});
