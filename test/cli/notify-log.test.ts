/** `sluice notify log`, as a process, of a real server. */
import { expect, it } from 'vitest';
import type { Delivery } from '../../src/release/delivery-log.ts';
import { testServer } from '../support/http-server.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';

const delivery: Delivery = {
  ...{ policy: 'app', target: 'team', service: 'slack', notice: 'n1', about: 'sluice/release/app-3f2a' },
  ...{ urgency: 'page', reason: 'RollbackStalled', title: 'app v2: RollbackStalled', releases: ['app-3f2a'] },
  ...{ atMs: Date.UTC(2026, 0, 15, 12), triedAtMs: Date.UTC(2026, 0, 15, 12, 0, 3), outcome: 'failed' as const },
  ...{ attempts: 4, why: 'answered 503', handles: { ts: '1.2' } },
};

it('says what each target was sent, when, how often it was tried and why it was not taken', async () => {
  const server = await testServer();
  await server.controls.put(bakingRelease());
  const at = { server: server.url };
  expect(await sluice(['notify', 'log'], at)).toMatchObject({
    code: 0,
    out: expect.stringContaining('nothing was sent'),
  });
  server.controls.deliveries.note(delivery);
  server.controls.deliveries.note({ ...delivery, notice: 'n2', releases: ['shop-1'], policy: 'shop' });
  const [all, one, json, none, bad] = await Promise.all(
    [
      ['notify', 'log'],
      ['notify', 'log', '--release', 'app-3f'],
      ['notify', 'log', '--policy', 'app', '-o', 'json'],
      ['notify', 'log', '--release', 'gone'],
      ['notify', 'log', '--limit', '0'],
    ].map((words) => sluice(words, at)),
  );
  expect(all?.out).toMatch(/^WHEN +TARGET +RESULT +TRIES +TOOK +URGENCY +RELEASE +WHAT +WHY\n/);
  expect(all?.out).toMatch(/team \(slack\) +failed +4 +3\.0 s +page +app-3f2a +RollbackStalled +answered 503/);
  expect(all?.out).toContain('shop-1');
  expect(one?.out).not.toContain('shop-1');
  const { handles: _handles, ...shown } = delivery;
  expect(JSON.parse(json?.out ?? '')).toEqual({ deliveries: [shown] });
  expect(none).toMatchObject({ code: 3 });
  expect(bad).toMatchObject({ code: 3, err: expect.stringContaining('a whole number from 1 to 1000') });
});
