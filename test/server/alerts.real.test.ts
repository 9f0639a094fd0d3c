/** What a real Alertmanager tells by its webhook, with the receiver of the page about checks. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { askAlerts } from '../../src/checks/alert-ask.ts';
import { AlertBook, settledAfterMs } from '../../src/checks/alert-book.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import { eventually } from '../support/eventually.ts';
import { testServer } from '../support/http-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const page = readFileSync(new URL('../../deploy/checks.md', import.meta.url), 'utf8');

interface Config {
  readonly route: object;
  readonly receivers: readonly { readonly webhook_configs?: readonly Record<string, unknown>[] }[];
}

const wanted = { severity: 'critical', service: 'app' };

const answered = (book: AlertBook) =>
  askAlerts(wanted, {
    list: null,
    told: () => book.firing(wanted, Date.now()),
    // As after the time in which all that fires is told again.
    standing: () => book.standing(Date.now() + settledAfterMs),
  });

it('counts while it fires, and does not once it is resolved', { timeout: 60_000 }, async () => {
  const alerts = new AlertBook();
  const token = 'a-token-of-an-alertmanager';
  const { url } = await testServer({ alerts, keys: [{ name: 'alertmanager', token }] });
  expect(await answered(alerts)).toMatchObject({ outcome: 'pending', message: expect.stringContaining('not known') });

  const file = join(await tempDir(), 'token');
  await writeFile(file, token);
  const text = (page.split('```yaml\n# alertmanager.yml\n')[1]?.split('```')[0] ?? '')
    .replace(/http:\/\/sluice\.sluice:7581/, url)
    .replace(/credentials_file: [^ }]+/, `credentials_file: ${file}`)
    .replace(/group_wait: 5s, group_interval: 1m/g, 'group_wait: 0s, group_interval: 1s');
  const config = parse(text) as Config;
  expect(config.receivers[1]?.webhook_configs?.[0]?.['url']).toBe(`${url}/webhooks/alertmanager`);
  const alertmanager = await startAlertmanager(undefined, config);

  await alertmanager.raise({ alertname: 'Watchdog' });
  await eventually(async () => (await answered(alerts)).outcome === 'passed', { withinMs: 30_000 });
  await alertmanager.raise(
    { alertname: 'Broken', ...wanted },
    { alertname: 'Other', severity: 'critical', service: 'b' },
  );
  await eventually(async () => (await answered(alerts)).outcome === 'failed', { withinMs: 30_000 });
  expect((await answered(alerts)).message).toMatch(/^Broken since .* fires$/);
  await alertmanager.resolve({ alertname: 'Broken', ...wanted });
  await eventually(async () => (await answered(alerts)).outcome === 'passed', { withinMs: 30_000 });
});
