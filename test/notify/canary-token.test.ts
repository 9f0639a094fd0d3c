/** Each secret of each target holds a token of its own; wherever services throw it back, it stands in nothing that is kept or shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { keptDeliveries } from '../../src/wiring/kept-deliveries.ts';
import { openNotices } from '../../src/wiring/notices.ts';
import { aNotice } from '../support/a-notice.ts';
import { atTestEnd } from '../support/at-end.ts';
import { chatService } from '../support/chat-service.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { httpTarget, secretInEnv } from '../support/http-target.ts';
import { logLines } from '../support/log-lines.ts';
import { policyOf } from '../support/policy-of.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { tempDir } from '../support/temp-dir.ts';

const token = (name: string): string => `canary-${name}-7f3a9c51e2`;

/** As a policy names it. */
const secret = (text: string): { readonly env: string } => {
  const ref = secretInEnv(text);
  if (!('name' in ref)) throw new Error('no secret of the environment');
  return { env: ref.name };
};

it('no token leaves but to the service that it is for', async () => {
  const service = await chatService(({ headers, path, text }) => ({
    status: 400,
    body: `not with ${JSON.stringify(headers)} at ${path}: ${text}`,
  }));
  const gone = `http://127.0.0.1:${await freePort()}`;
  const address = (name: string, origin = service.origin) => ({ url: secret(`${origin}/hook/${token(name)}?key=1`) });
  const notify = [
    { slack: { channel: 'C1', token: secret(token('slack')), api: service.origin } },
    { name: 'incoming', slack: address('incoming') },
    { name: 'away', slack: address('away', gone) },
    { teams: address('teams') },
    { discord: address('discord') },
    { googleChat: address('chat') },
    { pagerduty: { key: secret(token('pagerduty')), api: service.origin }, hears: 'all' },
    { github: { repository: 'shop/app', token: secret(token('github')), api: service.origin } },
    {
      webhook: {
        url: `${service.origin}/signed`,
        key: secret(`whsec_${btoa(token('signature'))}`),
        token: secret(token('bearer')),
      },
    },
  ];
  const stateDir = await tempDir();
  const { log, lines } = logLines();
  const metrics = createMetrics({ version: 'test', releases: async () => ok([]) });
  const deliveries = keptDeliveries(stateDir, log);
  const notices = openNotices({ policies: [await policyOf({ notify })], clock: systemClock, log, metrics, deliveries });
  atTestEnd(() => notices.stop(0));
  const page = { atMs: 7, kind: 'event', reason: 'InvestigationEscalated', message: 'slow', data: {} } as const;
  const begun = { ...page, kind: 'action', reason: 'ReleaseStarted', data: { who: 'ada' } } as const;
  notices.desk.saved(bakingRelease(), [begun, page]);
  const listed = () => deliveries.list({ limit: 100 });
  const refused = () => [...new Set(listed().flatMap(({ target, why }) => (why === '' ? [] : [target])))].toSorted();
  const targets = ['away', 'discord', 'github', 'googleChat', 'incoming', 'pagerduty', 'slack', 'teams', 'webhook'];
  await eventually(() => expect(refused()).toEqual(targets));
  await notices.stop(0);
  const sent = JSON.stringify(service.posted);
  for (const name of ['slack', 'incoming', 'teams', 'discord', 'chat', 'pagerduty', 'github', 'bearer'])
    expect(sent).toContain(token(name));
  const shown = JSON.stringify([lines, listed(), await metrics.text()]);
  await deliveries.close();
  const files = readdirSync(stateDir).map((name) => readFileSync(join(stateDir, name), 'latin1'));
  for (const text of [shown, ...files]) {
    expect(text).not.toMatch(/canary-|7f3a9c51e2/);
    expect(text).not.toContain(btoa(token('signature')));
  }
  expect(files.join('')).toContain('InvestigationEscalated');
});

it('an answer that is cut in the middle of a token shows none of it', async () => {
  // 200 letters of an answer are told: this one is cut at each place of the token in turn.
  const whys: string[] = [];
  for (let at = 0; at < token('slack').length; at += 3) {
    const service = await chatService(() => ({ status: 400, body: `${'.'.repeat(200 - at)}${token('slack')}` }));
    const secrets = { token: secretInEnv(token('slack')) };
    const sent = await httpTarget({ kind: 'slack', api: service.origin, channel: 'C1', secrets }).send(aNotice());
    whys.push('why' in sent ? sent.why : '');
  }
  for (const why of whys) expect(why).toMatch(/^answered 400: \.+(\*\*\*|c|can|can.?)?$/);
});
