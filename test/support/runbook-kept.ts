/** What is known of a runbook's releases when they are over, wherever it ran: in the trail, the deliveries, the history, the trends and the logs. */
import { expect } from 'vitest';
import type { DeploymentReport } from '../../src/report/deployment/deployment-report.ts';
import type { PolicyHistory } from '../../src/report/history-view.ts';
import type { ShownDelivery, ShownEntry } from '../../src/report/records-view.ts';
import type { Trends } from '../../src/report/trends/trends.ts';
import { eventually } from './eventually.ts';
import { getJson } from './http-server.ts';

interface Asked {
  /** Another one after each start of a controller. */
  readonly url: () => string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Happened {
  /** All that there were, oldest first: taken back, the first of them after its promotion. */
  readonly releases: readonly string[];
  /** So many of them are there at the end. */
  readonly kept: number;
  /** `ada Approved`, as the trail has to say it. */
  readonly orders: readonly string[];
  /** Of the policy's targets. */
  readonly told: readonly string[];
}

/** Waits for what is told late, and for a controller that is started again. */
export async function expectRunbookKept(asked: Asked, happened: Happened): Promise<void> {
  const isKept = (): Promise<true> => expectKept(asked, happened).then(() => true);
  await eventually(isKept, { withinMs: 150_000, everyMs: 500 });
}

async function expectKept({ headers, url }: Asked, happened: Happened): Promise<void> {
  const { kept, orders, releases, told } = happened;
  const ask = async <T>(path: string): Promise<T> => (await getJson(`${url()}/api/v1/${path}`, headers)).body as T;
  const { entries } = await ask<{ readonly entries: readonly ShownEntry[] }>('trail?policy=app');
  const known = entries.map((each) => `${each.who} ${each.what}`);
  const wanted = [...orders, 'sluice PolicyAccepted', 'sluice RulesAdopted', 'sluice Promoted'];
  expect(wanted.filter((each) => !known.includes(each))).toEqual([]);
  const ends = entries.filter((each) => each.what === 'RolledBack').map(({ release }) => release);
  expect([...new Set(ends)]).toEqual(releases);
  expect(await ask('trail/proof')).toMatchObject({ problems: [] });

  const { deliveries } = await ask<{ readonly deliveries: readonly ShownDelivery[] }>(
    'deliveries?policy=app&limit=500',
  );
  const sent = deliveries.filter(({ outcome }) => outcome === 'sent').map(({ target }) => target);
  expect(new Set(sent)).toEqual(new Set(told));

  const there = releases.slice(-kept);
  const history = await ask<PolicyHistory>('policies/app/history');
  expect(history.releases.map(({ id, result }) => `${id} ${result}`).toReversed()).toEqual(
    there.map((id) => `${id} rolledBack`),
  );
  const { whole } = await ask<Trends>('policies/app/trends');
  expect(whole).toMatchObject({ deployments: kept, failures: kept, changeFailureRatio: 1 });
  const logOf = async (id: string) => JSON.stringify(await ask(`releases/${id}/log`));
  for (const id of there) {
    expect(await logOf(id)).toMatch(verified);
    const { rollback, success } = await ask<DeploymentReport>(`releases/${id}/report?format=json`);
    expect(rollback?.verified).toContainEqual(expect.objectContaining({ what: 'alerts cleared', state: 'yes' }));
    expect(success.map(({ said }) => said)).not.toContain('');
  }
  for (const id of releases.slice(0, -kept))
    expect((await getJson(`${url()}/api/v1/releases/${id}`, headers)).status).toBe(404);
}

const verified = /rollback verified: \S+ has all traffic; [^"]*no-alert/;
