/** `sluice preflight` on checks: somebody listens, there is a key, and nothing is sent. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksLook } from '../../src/cli/preflight/checks.ts';
import { policyOf } from '../support/policy-of.ts';
import { tempDir } from '../support/temp-dir.ts';
import { deadOrigin, startAnswering } from '../support/upstream.ts';

const at = ['beforeTraffic'];

test('each address is connected to and asked nothing; a missing key is told', async () => {
  const folder = await tempDir();
  const { origin, seen } = await startAnswering('fine');
  const key = join(folder, 'key');
  writeFileSync(key, 'a key');
  const signed = (file: string) => ({ url: `${origin}/hook?r={revision}`, event: 'structured', sign: { file } });
  const policy = await policyOf({
    checks: [
      { name: 'signed', at, http: signed(key) },
      { name: 'unsigned', at, http: signed(join(folder, 'none')) },
      { name: 'away', at, http: { url: await deadOrigin() } },
      { name: 'health', health: { url: '{canary}/healthz' } },
    ],
  });
  const lines = await checksLook({ policy, timeoutMs: 5_000 });
  expect(lines.map(({ grade, subject }) => `${grade} ${subject}`)).toEqual([
    'ok check signed',
    'fail check unsigned',
    'ok check unsigned',
    'fail check away',
    'skip check health',
  ]);
  expect(seen).toHaveLength(0);
});
