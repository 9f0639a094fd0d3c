import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locate, missingPrograms, needs } from './needs.ts';

describe('needs', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-needs-'));
    writeFileSync(join(folder, 'prometheus'), '#!/bin/sh\n');
    chmodSync(join(folder, 'prometheus'), 0o755);
    writeFileSync(join(folder, 'promtool'), 'not executable');
    mkdirSync(join(folder, 'wrk'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('finds an executable file in the path, and nothing else', () => {
    expect(locate('prometheus', `/nowhere:${folder}`)).toBe(join(folder, 'prometheus'));
    expect(locate('promtool', folder)).toBeNull();
    expect(locate('wrk', folder)).toBeNull();
    expect(missingPrograms(folder)).toEqual([
      'promtool',
      'prometheus-alertmanager',
      'wrk',
      'systemd-analyze',
      'haproxy',
      'openssl',
      'tmux',
      'zsh',
      'fish',
      'chromium',
      'lua5.1',
    ]);
  });

  it('says on a desk that a suite cannot run', () => {
    expect(needs('prometheus', { path: folder, ci: undefined })).toBe(true);
    expect(needs(['prometheus', 'wrk'], { path: folder, ci: undefined })).toBe(false);
    expect(needs('wrk', { path: folder, ci: 'false' })).toBe(false);
  });

  it('fails under CI, with what to install', () => {
    expect(needs('prometheus', { path: folder, ci: 'true' })).toBe(true);
    expect(() => needs(['prometheus', 'promtool', 'wrk'], { path: folder, ci: 'true' })).toThrow(
      'this suite must run under CI: promtool, wrk not found (apt-get install prometheus wrk)',
    );
  });
});
