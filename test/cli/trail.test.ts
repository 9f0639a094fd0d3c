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

it('says whether it is as it was written, and is exported a line an entry', async () => {
  const server = await testServer();
  const paused = { atMs: 1, kind: 'action', reason: 'Paused', message: 'ada: pauses', data: { who: 'ada' } } as const;
  await server.controls.put(bakingRelease(), [paused]);
  const at = { server: server.url };
  const [proof, lines] = await Promise.all([sluice(['trail', '--verify'], at), sluice(['trail', '-o', 'jsonl'], at)]);
  expect(proof).toMatchObject({ code: 0, out: expect.stringContaining('nothing was found against it') });
  expect(JSON.parse(lines.out)).toMatchObject({ who: 'ada', what: 'Paused' });
});

it('is read a page at a time, and is whole', async () => {
  const server = await testServer();
  const paused = { kind: 'action', reason: 'Paused', data: { who: 'ada' } } as const;
  const lines = Array.from({ length: 2_300 }, (_each, n) => ({ ...paused, atMs: n + 1, message: `pause ${n}` }));
  await server.controls.put(bakingRelease(), lines);
  const at = { server: server.url };
  const [all, some] = await Promise.all(
    ['100000', '1500'].map((limit) => sluice(['trail', '--limit', limit, '-o', 'json'], at)),
  );
  const said = (out = ''): readonly string[] =>
    (JSON.parse(out) as { readonly entries: readonly { readonly message: string }[] }).entries.map(
      (each) => each.message,
    );
  expect(said(all?.out)).toEqual(lines.map(({ message }) => message));
  expect(said(some?.out)).toEqual(lines.slice(-1_500).map(({ message }) => message));
  const answer = (await (await fetch(`${server.url}/api/v1/trail?limit=100000`)).json()) as {
    readonly entries: object[];
  };
  expect(answer.entries).toHaveLength(1_000);
});
