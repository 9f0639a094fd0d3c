/** A real Alertmanager of a test's own: free port, its own folder, no peers, ended by its id. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { startProcess } from './process.ts';
import { tempDir } from './temp-dir.ts';

export interface AlertmanagerServer {
  readonly url: string;
  /** Raises alerts, as a Prometheus does. */
  raise(...labels: readonly Readonly<Record<string, string>>[]): Promise<void>;
  /** Ends an alert with these labels. */
  resolve(labels: Readonly<Record<string, string>>): Promise<void>;
  /** Silences what has this label. */
  silence(name: string, value: string): Promise<void>;
}

/** An alert with `severity: warning` is inhibited by one with `severity: page` of the same team. */
const quiet = {
  route: { receiver: 'nobody', group_wait: '1s' },
  receivers: [{ name: 'nobody' }],
  inhibit_rules: [{ source_matchers: ['severity="page"'], target_matchers: ['severity="warning"'], equal: ['team'] }],
};

export async function startAlertmanager(atEnd: AtEnd = atTestEnd, config: object = quiet): Promise<AlertmanagerServer> {
  const folder = await tempDir(atEnd);
  const file = join(folder, 'alertmanager.json');
  await writeFile(file, JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  startProcess(
    [
      'prometheus-alertmanager',
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    { atEnd },
  );
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok, { everyMs: 50 });
  return alertmanagerAt(url);
}

/** One that runs. */
export function alertmanagerAt(url: string): AlertmanagerServer {
  const post = async (path: string, body: unknown): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v2/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  return {
    url,
    raise: (...labels) =>
      post(
        'alerts',
        labels.map((each) => ({ labels: each })),
      ),
    resolve: (labels) => post('alerts', [{ labels, endsAt: new Date(Date.now() - 1_000).toISOString() }]),
    silence: (name, value) =>
      post('silences', {
        matchers: [{ name, value, isRegex: false, isEqual: true }],
        startsAt: new Date(Date.now() - 1_000).toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'test',
        comment: 'known',
      }),
  };
}
