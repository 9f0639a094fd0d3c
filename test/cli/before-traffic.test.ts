/** What people and CI say before a release's first traffic, from the command line. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demanded } from '../../src/release/approval.ts';
import { gatesOf } from '../../src/release/gate-demand.ts';
import type { Release } from '../../src/release/release.ts';
import { testServer } from '../support/http-server.ts';
import { bakingRelease, sampleRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

const serverWith = async (release: Release) => {
  const server = await testServer();
  await server.controls.put(release);
  return { server: server.url, controls: server.controls };
};

describe('before the first traffic', () => {
  it('approve shows who it is by the token, and takes its word back', async () => {
    const folder = await tempDir();
    const files = { eve: join(folder, 'eve'), bob: join(folder, 'bob') };
    const keys = Object.keys(files).map((name) => ({ name, token: `the-own-token-of-${name}` }));
    for (const { name, token } of keys) await writeFile(join(folder, name), `${name} ${token}\n`);
    const { url, controls } = await testServer({ keys });
    const approvals = demanded([{ name: 'security', by: ['eve'], expiresMs: null }]);
    await controls.put(sampleRelease({ phase: { phase: 'preparing', spentMs: 0 }, approvals }));
    const approve = (who: keyof typeof files, ...words: readonly string[]) =>
      sluice(['--token-file', files[who], 'approve', 'app', '--as', 'security', ...words], { server: url });
    expect(await approve('bob')).toMatchObject({ code: 3, err: expect.stringContaining('by eve, not by bob') });
    expect(await approve('eve')).toMatchObject({
      code: 0,
      out: expect.stringContaining('approved, as security, app-'),
    });
    expect(await approve('eve', '--revoke')).toMatchObject({ code: 0, out: expect.stringContaining('took back') });
    const log = await controls.log('app-3f2a');
    expect(log.ok && log.value.map(({ data }) => data['who'])).toEqual(['eve', 'eve']);
  });

  it('get lists what the first traffic waits for, and override goes without a gate', async () => {
    const demand = { kind: 'attested', name: 'tests', overrideBy: [], by: [], require: [] } as const;
    const gates = gatesOf([demand]);
    const approvals = demanded([{ name: 'security', by: ['eve'], expiresMs: null }]);
    const { server } = await serverWith(sampleRelease({ gates, approvals }));
    const { out } = await sluice(['get', 'app'], { server });
    expect(out).toContain('waiting    gate tests: not looked at yet\n           to do: wait');
    expect(out).toContain(
      'waiting    approval security: not given; eve may\n           to do: `sluice approve app-3f2a --as security`',
    );
    const went = await sluice(['override', 'app', 'tests', '--reason', 'by hand'], { server });
    expect(went).toMatchObject({ code: 0, out: expect.stringContaining('goes without tests: app-3f2a') });
    expect((await sluice(['get', 'app'], { server })).out).toMatch(
      /overridden +gate tests: overridden by \S+: by hand/,
    );
  });

  it('attest posts numbers for a revision, of a release or named', async () => {
    const { server, controls } = await serverWith(bakingRelease());
    const tests = ['attest', 'app', 'tests', '--pass', '--value', 'coverage=83.1%', '--value', 'failed=0'];
    expect(await sluice([...tests, '--revision', 'v7'], { server })).toMatchObject({
      code: 0,
      out: expect.stringContaining('attested pass for tests of app v7: coverage 83.1, failed 0'),
    });
    expect((await sluice(['attest', 'app', 'audit', '--fail'], { server })).out).toContain(
      'fail for audit of app v1.9.0',
    );
    expect(await sluice(['attest', 'app', 'audit'], { server })).toMatchObject({ code: 3 });
    expect(await controls.policy()).toMatchObject({
      value: { attested: [{ revision: 'v7' }, { revision: 'v1.9.0' }] },
    });
  });
});
