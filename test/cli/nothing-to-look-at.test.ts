/** Commands that have nothing to do say so; none of them looks as if it had done it. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { sluice, startSluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

const policyFile = async (traffic: object = { proxy: { listen: '127.0.0.1:0' } }): Promise<string> => {
  const file = join(await tempDir(), 'policy.yaml');
  const spec = {
    target: { command: [process.execPath], revision: 'v1' },
    traffic,
    sources: { direct: { scrape: {} } },
    metrics: { source: 'direct', preset: 'app' },
    rules: { file: resolve('rules/production.yaml') },
  };
  const words = { apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name: 'app' }, spec };
  writeFileSync(file, JSON.stringify(words));
  return file;
};

it('preflight skips what does not run yet, and counts it', async () => {
  const { code, out } = await sluice(['preflight', await policyFile()]);
  expect(code).toBe(0);
  expect(out).toContain('skip  rule error_rate: not looked at: its instances do not run yet');
  expect(out).toContain('ready as far as can be told: 7 of 9 lines have nothing to look at yet\n');
});

it('dead-man has nothing to take out of the built-in proxy', async () => {
  const { code, err } = await sluice(['dead-man', await policyFile()]);
  expect(code).toBe(3);
  expect(err).toContain('traffic.proxy.deadMansSwitch');
});

it('dead-man says when no controller ever was in its folder, and takes nothing for switched off there', async () => {
  const haproxy = { endpoints: ['/run/nobody.sock'], backend: 'app', stable: ['stable1'], canary: ['canary1'] };
  const file = await policyFile({ haproxy });
  const state = join(dirname(file), 'mistyped');
  const deadMan = startSluice(['dead-man', file, '--state', state, '--after', '1s']);
  await deadMan.says(/no controller has kept its state in .*mistyped yet .*Is it the folder of its --state\?/);
  await expect(deadMan.says(/no controller for|nobody.sock/, 3_000)).rejects.toThrow();
  expect(existsSync(state)).toBe(false);
  expect(await deadMan.end()).toBe(0);
});
