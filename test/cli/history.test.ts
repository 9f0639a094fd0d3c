import { describe, expect, it } from 'vitest';
import type { Release } from '../../src/release/release.ts';
import { testServer } from '../support/http-server.ts';
import { bakingRelease, rolledBackRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';

const serverWith = async (...releases: readonly Release[]) => {
  const server = await testServer();
  for (const release of releases) await server.controls.put(release);
  return { server: server.url };
};

describe('what happened, and why', () => {
  it('history shows earlier releases of a policy side by side, or of each', async () => {
    const { server } = await serverWith(bakingRelease({ id: 'app-1' }), rolledBackRelease());
    const [named, all, bare, unknown] = await Promise.all(
      [
        ['history', 'app'],
        ['history', '-o', 'json'],
        ['history', '-o', 'name'],
        ['history', 'shop'],
      ].map((words) => sluice(words, { server })),
    );
    expect(named?.out).toMatch(/^app: 1 rolled back, 1 under way\nREVISION +RELEASE +STARTED +RESULT +TOOK/);
    expect(named?.out).toMatch(/app-3f2a .* rolled back +12m +0 % +4\.9 %!/);
    expect(JSON.parse(all?.out ?? '')).toMatchObject({ histories: [{ policy: 'app', totals: { rolledBack: 1 } }] });
    expect(bare?.out.split('\n')).toEqual(expect.arrayContaining(['app-1', 'app-3f2a']));
    expect(unknown).toMatchObject({ code: 3, err: expect.stringContaining('no policy "shop"') });
  });

  it('explain says what may be ordered, and what that does', async () => {
    const { server } = await serverWith(bakingRelease());
    const { out } = await sluice(['explain'], { server });
    expect(out).toContain(
      '  may:   sluice pause app-3f2a --reason TEXT\n           Holds it here until somebody resumes',
    );
    expect(out).not.toContain('sluice resume');
  });
});
