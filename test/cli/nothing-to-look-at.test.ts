/** Commands that have nothing to do say so; none of them looks as if it had done it. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

const policyFile = async (): Promise<string> => {
  const file = join(await tempDir(), 'policy.yaml');
  const spec = {
    target: { command: [process.execPath], revision: 'v1' },
    traffic: { proxy: { listen: '127.0.0.1:0' } },
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
