/** PagerDuty, GitHub and CloudEvents over real HTTP, and a real Alertmanager: one key a release from the first page to its end. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aNotice, aPage } from '../../support/a-notice.ts';
import { startAlertmanager } from '../../support/alertmanager.ts';
import { chatService } from '../../support/chat-service.ts';
import { eventually } from '../../support/eventually.ts';
import { httpTarget, secretInEnv } from '../../support/http-target.ts';
import { needs } from '../../support/needs.ts';
import { schemaFaults } from '../../support/service-schemas.ts';

const started = aNotice({ id: 'app-1/1/ReleaseStarted', reason: 'ReleaseStarted' });
const handled = aPage({ id: 'app-1/8/Paused', urgency: 'acknowledge', reason: 'Paused' });
const over = aNotice({ id: 'app-1/9/resolve', urgency: 'resolve' });

describe('pagerduty', () => {
  it('triggers, acknowledges and resolves under one key; milestones are change events, other news nothing', async () => {
    const { origin, posted } = await chatService(() => ({ status: 202, body: { status: 'success' } }));
    const target = httpTarget({ kind: 'pagerduty', api: origin, secrets: { key: secretInEnv('K') } });
    const hold = aNotice({ id: 'h', reason: 'OutsideThreshold' });
    expect(await target.sendAll(started, hold, aPage(), handled, over)).toMatchObject({ outcome: 'sent' });
    expect(
      posted.map(({ path, body }): string => `${path} ${String(body.event_action)} ${String(body.dedup_key)}`),
    ).toEqual([
      '/change/enqueue undefined undefined',
      '/enqueue trigger sluice/release/app-1',
      '/enqueue acknowledge sluice/release/app-1',
      '/enqueue resolve sluice/release/app-1',
    ]);
    expect(schemaFaults('pagerduty-change-event', posted[0]?.body)).toEqual([]);
    expect(posted.slice(1).flatMap(({ body }) => schemaFaults('pagerduty-events-v2', body))).toEqual([]);
    expect(posted[1]?.body.payload.custom_details.contacts).toEqual(['Eve <eve@example.com>, +43 1 2']);
    expect(target.preview(aPage())).toContain('"routing_key": "***"');
  });
});

describe('github', () => {
  it('has a deployment a release, and a status for each milestone', async () => {
    const { origin, posted } = await chatService(({ path }) => ({
      status: 201,
      body: path.endsWith('statuses') ? {} : { id: 7 },
    }));
    const target = httpTarget({
      ...{ kind: 'github', api: origin, repository: 'shop/app', environment: 'production' },
      secrets: { token: secretInEnv('ghp_1') },
    });
    await target.sendAll(started, aNotice({ id: 'h', reason: 'OutsideThreshold' }), aNotice());
    expect(posted.map(({ path, body }): string => `${path} ${String(body.state)}`)).toEqual([
      '/repos/shop/app/deployments undefined',
      '/repos/shop/app/deployments/7/statuses in_progress',
      '/repos/shop/app/deployments/7/statuses failure',
    ]);
    expect(schemaFaults('github-deployment', posted[0]?.body)).toEqual([]);
    expect(posted.slice(1).flatMap(({ body }) => schemaFaults('github-deployment-status', body))).toEqual([]);
    expect(posted[0]?.body).toMatchObject({ ref: 'v2', required_contexts: [], auto_merge: false });
  });
});

describe('cloud events', () => {
  it('are what the specification says, signed, with an id that is the same when sent again', async () => {
    const { origin, posted } = await chatService();
    const target = httpTarget({
      kind: 'webhook',
      url: origin,
      secrets: { key: secretInEnv('whsec_c2VjcmV0'), token: secretInEnv('T') },
    });
    await target.sendAll(aPage(), aPage(), over);
    expect(posted.flatMap(({ body }) => schemaFaults('cloudevents-1.0', body))).toEqual([]);
    const [first, again] = posted;
    expect(first?.headers['webhook-id']).toBe(again?.headers['webhook-id']);
    expect(first?.headers['idempotency-key']).toBe(first?.body.id);
    expect(first?.headers['authorization']).toBe('Bearer T');
    const signed = `${String(first?.headers['webhook-id'])}.${String(first?.headers['webhook-timestamp'])}.${first?.text ?? ''}`;
    const signature = createHmac('sha256', Buffer.from('secret')).update(signed).digest('base64');
    expect(first?.headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(posted[2]?.body).toMatchObject({
      type: 'dev.sluice.release.resolve',
      data: { dedupKey: 'sluice/release/app-1' },
    });
  });
});

describe.runIf(needs('prometheus-alertmanager'))('alertmanager', () => {
  it('has an alert that fires from the page on, however often it is sent, until the end', async () => {
    const { url } = await startAlertmanager();
    const firing = async (): Promise<readonly { readonly labels: unknown; readonly annotations: unknown }[]> =>
      (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as never;
    const target = httpTarget({ kind: 'alertmanager', url, secrets: {} });
    expect(await target.sendAll(started, aPage({ atMs: Date.now() }), aPage({ atMs: Date.now() }))).toMatchObject({
      outcome: 'sent',
    });
    const [alert, ...others] = await eventually(async () => ((await firing()).length > 0 ? firing() : null));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      labels: { alertname: 'SluiceNeedsYou', policy: 'app', key: 'sluice/release/app-1' },
      annotations: { summary: 'app v2: RollbackStalled', runbook_url: 'https://runbooks.example/rollback?a=1&b=2' },
    });
    await target.send({ ...over, atMs: Date.now() });
    await eventually(async () => (await firing()).length === 0);
  });
});
