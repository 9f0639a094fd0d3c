/** `sluice backup` and `sluice restore` as they are typed: what would change first, and nothing written without a yes. */
import { expect, it } from 'vitest';
import { testServer } from '../support/http-server.ts';
import { MemoryControls, samplePoint } from '../support/memory-controls.ts';
import { sluice } from '../support/sluice-command.ts';

it('backup takes one, and lists them', async () => {
  const { url: server } = await testServer();
  const line = `${samplePoint.id}: v1.8.2, 2 files, 38 bytes, verified 2026-01-15T11:59:00.000Z`;
  expect(await sluice(['backup', 'app'], { server })).toMatchObject({ code: 0, out: expect.stringContaining(line) });
  expect(await sluice(['backup', 'app', '--list', '-o', 'name'], { server })).toMatchObject({
    out: `${samplePoint.id}\n`,
  });
});

it('restore shows what would change, and writes with a reason and a yes only', async () => {
  const controls = new MemoryControls();
  const { url: server } = await testServer({ controls });
  const dry = await sluice(['restore', 'app', '--dry-run'], { server });
  expect(dry).toMatchObject({
    code: 0,
    out: expect.stringContaining('a.yaml comes back\n    line 1:\n    - b\n    + a\n'),
  });
  expect(dry.out).toContain('b.yaml was changed since the release ended: left alone');
  const unasked = await sluice(['restore', 'app', '--reason', 'why'], { server });
  expect(unasked).toMatchObject({ code: 3, err: expect.stringContaining('nothing was written') });
  expect(controls.restores.every(({ dryRun }) => dryRun)).toBe(true);
  const words = ['restore', 'app', '--yes', '--reason', 'why', '--overwrite', '/etc/app/b.yaml'];
  const done = await sluice(words, { server });
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('passed   documented: in the log') });
  expect(controls.restores.at(-1)).toEqual({ dryRun: false, overwrite: ['/etc/app/b.yaml'] });
});
