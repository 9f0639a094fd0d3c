import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';

const unit = readFileSync(join(import.meta.dirname, '..', '..', 'deploy', 'sluice.service'), 'utf8');

/** The last value counts, as for systemd. */
const setting = (name: string): string | undefined =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].at(-1)?.[1];

describe('deploy/sluice.service', () => {
  it('leaves proxy and services running when the controller stops, and starts it again for ever', () => {
    expect(setting('KillMode')).toBe('process');
    expect(setting('Restart')).toBe('always');
    expect(setting('StartLimitIntervalSec')).toBe('0');
  });

  it('starts what the build makes, in the folder that keeps the state', () => {
    expect(setting('ExecStart')).toMatch(
      /^\/usr\/bin\/env node( --\S+)* \/opt\/sluice\/dist\/main.js run \/etc\/sluice\/policy.yaml --state \/var\/lib\/sluice$/,
    );
    expect(setting('WorkingDirectory')).toBe(`/var/lib/${setting('StateDirectory') ?? ''}`);
  });

  it('allows what Node needs', () => {
    expect(setting('MemoryDenyWriteExecute')).toBeUndefined();
    expect(setting('PrivateTmp')).toBeUndefined();
    expect(setting('ReadWritePaths')).toBe('/tmp /var/tmp');
  });

  describe.runIf(needs('systemd-analyze'))('as systemd reads it', () => {
    it('has no mistake', async () => {
      const file = join(await tempDir(), 'sluice.service');
      // The program is not installed here: any other stands in for it.
      writeFileSync(file, unit.replace('/opt/sluice/dist/main.js', process.execPath));
      const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
      expect(`${stdout}${stderr}`).toBe('');
      expect(status).toBe(0);
    });
  });
});
