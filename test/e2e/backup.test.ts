/** A release that spoils a configuration file is taken back, and the file with it: `sluice run`, real processes, real files. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endOf } from '../support/at-end.ts';
import { needs } from '../support/needs.ts';
import { ended } from '../support/standing.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWorld } from '../support/world.ts';

const count = 100;

/** Files of a folder that say so. */
const saying = (folder: string, text: string): number =>
  readdirSync(folder).filter((name) => !name.startsWith('.') && readFileSync(join(folder, name), 'utf8') === text)
    .length;

const fill = (folder: string, text: string): void => {
  for (let n = 0; n < count; n++) writeFileSync(join(folder, `f${n}`), text);
};

/** Settles when some of its files are back and others are not; false: all were, before anybody looked. */
const inItsMiddle = (folder: string): Promise<boolean> =>
  new Promise((resolve) => {
    const look = (): void => {
      const back = saying(folder, 'old');
      if (back > 0) resolve(back < count);
      else setTimeout(look, 1);
    };
    look();
  });

describe.runIf(needs('prometheus'))('a release with a backup', { timeout: 240_000 }, () => {
  it('has its rollback point before it is started, and restore brings the file back, on record', async (test) => {
    const folder = await tempDir(endOf(test));
    const [config, secret] = [join(folder, 'app.yaml'), join(folder, 'app.env')];
    writeFileSync(config, 'template: old\n');
    writeFileSync(secret, 'TOKEN=canary-token-9917\n', { mode: 0o600 });
    const many = join(folder, 'many');
    mkdirSync(many);
    fill(many, 'old');
    const gates = [{ name: 'backup', check: 'backup', maxAge: '1h' }];
    const world = await startWorld(test, {
      spec: { backup: { paths: [config, secret, many] }, gates, approvals: [{ name: 'go' }] },
    });
    await world.start('v2', { env: { ERROR_RATE: '0.05' } });
    const begun = await world.until((view) => view.waiting?.reason === 'ApprovalPending');
    const point = begun.checklist.find(({ name }) => name === 'rollback-point');
    expect(point?.evidence).toMatch(
      /^v1-\d{8}T\d{6}Z-[0-9a-f]{6}: v1 and 102 files, 338 bytes, taken at .*, read back at /,
    );
    const running = await world.sluice('restore', 'app', '--yes', '--reason', 'too early');
    expect(running).toMatchObject({ code: 3, err: expect.stringContaining('abort it first') });
    writeFileSync(config, 'template: broken\n');
    writeFileSync(secret, 'TOKEN=canary-token-9917-broken\n');
    await world.order('approve', { approval: 'go' });
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack' });
    const all = [point?.evidence ?? ''];
    await expect
      .poll(
        async () => {
          const dry = await world.sluice('restore', 'app', '--dry-run');
          all.push(dry.out);
          return dry.out;
        },
        { timeout: 30_000 },
      )
      .toContain('app.yaml comes back\n    line 1:\n    - template: broken\n    + template: old');
    expect(readFileSync(config, 'utf8')).toContain('broken');
    const restored = await world.sluice('restore', 'app', '--yes', '--reason', 'v2 spoiled it');
    expect(restored).toMatchObject({ out: expect.stringContaining('passed   the previous version runs') });
    expect(restored.code).toBe(0);
    expect(restored.out).toMatch(/impact on users: \d+ requests failed/);
    expect(readFileSync(config, 'utf8')).toBe('template: old\n');
    expect(readFileSync(secret, 'utf8')).toBe('TOKEN=canary-token-9917\n');
    const report = await world.sluice('report', 'app');
    expect(report.out).toContain('rollback-point');
    expect(report.out).toMatch(/Restored: .*"v2 spoiled it"/);

    // The controller is killed in the midst of another one: the next goes on with it, by itself.
    for (let isCut = false; !isCut; ) {
      fill(many, 'broken');
      const cut = world.sluice('restore', 'app', '--yes', '--overwrite', many, '--reason', 'once more');
      isCut = await inItsMiddle(many);
      if (isCut) await world.controller.kill();
      expect((await cut).code).toBe(isCut ? 3 : 0);
      if (isCut) expect(saying(many, 'broken')).toBeGreaterThan(0);
    }
    await world.controller.start();
    await expect.poll(() => saying(many, 'old'), { timeout: 60_000 }).toBe(count);
    await expect
      .poll(async () => (await world.sluice('report', 'app')).out, { timeout: 60_000 })
      .toMatch(/Restored: the controller: restored \d+ of 103 parts .*"it was interrupted"/);
    for (const text of [...all, restored.out, report.out, world.controller.output(), JSON.stringify(await world.log())])
      expect(text).not.toContain('canary-token');
  });
});
