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

  it('history says how they change, and is exported a line a release', async () => {
    const { server } = await serverWith(bakingRelease({ id: 'app-1' }), rolledBackRelease());
    const [table, json, lines, misplaced, csv] = await Promise.all(
      [
        ['history', 'app', '--trends', '--by', 'week'],
        ['history', '--trends', '-o', 'json'],
        ['history', '-o', 'jsonl'],
        ['history', '--by', 'week'],
        ['history', '--trends', '-o', 'csv'],
      ].map((words) => sluice(words, { server })),
    );
    expect(table?.out).toMatch(
      /^app: 1 deployed since 2026-01-15.*1 \(100 %\) failed, restored in 420 ms\nWEEK OF +DEPLOYED/,
    );
    expect(JSON.parse(json?.out ?? '')).toMatchObject({ trends: [{ policy: 'app', whole: { failures: 1 } }] });
    const exported = (lines?.out.trimEnd() ?? '').split('\n').map((line) => JSON.parse(line) as object);
    expect(exported).toMatchObject([
      { policy: 'app', id: 'app-3f2a', result: 'rolledBack' },
      { policy: 'app', id: 'app-1', result: 'running' },
    ]);
    expect(misplaced).toMatchObject({ code: 3, err: expect.stringContaining('--by is for --trends') });
    expect(csv).toMatchObject({ code: 3, err: expect.stringContaining('trends come as table') });
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
