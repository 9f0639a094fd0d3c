/** `sluice trail`, as a process, of a real server. */
import { expect, it } from 'vitest';
import { testServer } from '../support/http-server.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';

it('says who did what and why, as a table, as JSON and as CSV', async () => {
  const server = await testServer();
  const at = { server: server.url };
  const paused = { atMs: Date.UTC(2026, 0, 15, 12), kind: 'action', reason: 'Paused', message: 'ada: pauses' } as const;
  await server.controls.put(bakingRelease(), [{ ...paused, data: { who: 'ada', reason: '=lunch' } }]);
  const [table, json, csv, later, bad] = await Promise.all(
    [
      ['trail', '--release', 'app-3f'],
      ['trail', '--policy', 'app', '-o', 'json'],
      ['trail', '-o', 'csv'],
      ['trail', '--since', '2026-02-01'],
      ['trail', '--since', 'yesterday'],
    ].map((words) => sluice(words, at)),
  );
  expect(table?.out).toMatch(/^WHEN +WHO +WHAT +ON +REVISION +WHY +SAID\n/);
  expect(table?.out).toMatch(/ada +Paused +app-3f2a .*=lunch/);
  expect(JSON.parse(json?.out ?? '')).toMatchObject({ entries: [{ who: 'ada', what: 'Paused', why: '=lunch' }] });
  expect(csv?.out).toMatch(
    /^number,time,who,what,policy,release,revision,why,message\r\n1,2026-01-15T12:00:00\.000Z,ada,/,
  );
  expect(csv?.out).toContain(",'=lunch,");
  expect(later?.out).toContain('nothing is in the trail');
  expect(bad).toMatchObject({ code: 3, err: expect.stringContaining('a duration such as 24h') });
});
