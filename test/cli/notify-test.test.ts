/** `sluice notify test`, as a process, against real servers: a line a target, an exit code, and no secret anywhere. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chatService } from '../support/chat-service.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

const secret = 'planted-canary-token';

const policyFile = async (notify: readonly object[]): Promise<string> => {
  const folder = await tempDir();
  const file = join(folder, 'policy.yaml');
  await writeFile(join(folder, 'token'), secret);
  const spec = {
    target: { command: ['serve'], revision: 'v1' },
    traffic: { proxy: { listen: '127.0.0.1:0' } },
    sources: { direct: { scrape: { path: '/metrics' } } },
    metrics: { source: 'direct', preset: 'app' },
    rules: { file: 'rules.yaml' },
    contacts: { primary: ['Eve <eve@example.com>'] },
    notify,
  };
  await writeFile(
    file,
    JSON.stringify({ apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name: 'app' }, spec }),
  );
  return file;
};

it('tells of each target what came of it, and exits with 1 when one did not take it', async () => {
  const { origin, posted } = await chatService(({ path }) =>
    path.startsWith('/v2') ? { status: 202 } : { body: { ok: false, error: `not_in_channel ${secret}` } },
  );
  const file = await policyFile([
    { slack: { channel: 'C1', token: { file: 'token' }, api: origin } },
    { pagerduty: { key: { file: 'token' }, api: `${origin}/v2` } },
  ]);
  const { code, err, out } = await sluice(['notify', 'test', file]);
  expect(code).toBe(1);
  expect(out).toMatch(/^slack \(slack\): failed: answered not_in_channel \*\*\*$/m);
  expect(out).toMatch(/^pagerduty \(pagerduty\): sent in \d+ ms$/m);
  expect(posted.map(({ body }): unknown => body.event_action)).toEqual(expect.arrayContaining(['trigger', 'resolve']));
  expect(JSON.stringify(posted.map(({ body }): object => ({ ...(body as object), routing_key: '' })))).toContain(
    '[TEST] app',
  );
  expect(out + err).not.toContain(secret);
});

it('shows what it would send, secrets masked, and names the target that was probably meant', async () => {
  const file = await policyFile([{ slack: { channel: 'C1', token: { file: 'token' }, api: 'http://127.0.0.1:9' } }]);
  const dry = await sluice(['notify', 'test', file, '--dry-run']);
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('authorization: Bearer ***') });
  expect(dry.out).not.toContain(secret);
  expect(await sluice(['notify', 'test', file, 'slakc'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('did you mean "slack"?'),
  });
});
