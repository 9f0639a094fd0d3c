import { describe, expect, it, onTestFinished } from 'vitest';
import type { Notice } from '../../src/notify/message.ts';
import { WebhookNotifier, type WebhookOptions } from '../../src/notify/webhook.ts';
import { eventually } from '../support/eventually.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';

const notice = (change: Partial<Notice> = {}): Notice => ({
  urgency: 'tell',
  dedupKey: 'sluice/release/app-1',
  atMs: Date.UTC(2026, 0, 15, 12, 0, 0),
  reason: 'RolledBack',
  title: 'app v2: RolledBack',
  text: 'no request reaches v2 any more',
  releases: ['app-1'],
  policy: 'app',
  revision: 'v2',
  data: { rule: 'error_rate' },
  contacts: [],
  ...change,
});

const notifierTo = (url: string, options: Partial<WebhookOptions> = {}) => {
  const outcomes: string[] = [];
  const notifier = new WebhookNotifier({
    url,
    run: 'r1',
    timeoutMs: 10_000,
    backOffMs: 20,
    attempts: 4,
    onOutcome: (outcome, message) => outcomes.push(`${outcome} ${message}`),
    ...options,
  });
  onTestFinished(() => notifier.stop(0));
  return { notifier, outcomes };
};

describe('the webhook', () => {
  it('posts a CloudEvent', async () => {
    const receiver = await webhookReceiver();
    const { notifier, outcomes } = notifierTo(receiver.url, { headers: { 'X-Token': 't' } });
    notifier.notify(notice());
    await eventually(() => outcomes.length === 1);
    expect(outcomes).toEqual(['sent app v2: RolledBack']);
    expect(receiver.received).toEqual([
      {
        contentType: 'application/cloudevents+json',
        body: {
          specversion: '1.0',
          id: 'r1-1',
          source: '/sluice/policies/app',
          type: 'dev.sluice.release.tell',
          subject: 'app-1',
          time: '2026-01-15T12:00:00.000Z',
          datacontenttype: 'application/json',
          data: {
            urgency: 'tell',
            dedupKey: 'sluice/release/app-1',
            reason: 'RolledBack',
            title: 'app v2: RolledBack',
            text: 'no request reaches v2 any more',
            policy: 'app',
            revision: 'v2',
            releases: ['app-1'],
            contacts: [],
            details: { rule: 'error_rate' },
          },
        },
      },
    ]);
  });

  it('keeps the order, and tries again with the same id when the receiver is ill', async () => {
    const receiver = await webhookReceiver();
    receiver.behave(503);
    const { notifier } = notifierTo(receiver.url, { attempts: 50 });
    notifier.notify(notice({ title: 'first' }));
    notifier.notify(notice({ title: 'second' }));
    await eventually(() => receiver.asked() >= 2);
    receiver.behave(204);
    await eventually(() => receiver.received.length === 2);
    expect(receiver.received).toMatchObject([{ body: { id: 'r1-1' } }, { body: { id: 'r1-2' } }]);
  });

  it('does not try again what the receiver refuses for good', async () => {
    const receiver = await webhookReceiver();
    receiver.behave(400);
    const { notifier, outcomes } = notifierTo(receiver.url);
    notifier.notify(notice());
    await eventually(() => outcomes.length === 1);
    expect(outcomes[0]).toContain('failed app v2: RolledBack: ');
    expect(outcomes[0]).toContain('answered 400');
    expect(receiver.asked()).toBe(1);
  });

  it('returns at once from a receiver that hangs, and gives it up after its time-outs', async () => {
    const receiver = await webhookReceiver();
    receiver.behave('hang');
    const { notifier, outcomes } = notifierTo(receiver.url, { timeoutMs: 100, attempts: 2 });
    const startedMs = performance.now();
    for (let index = 0; index < 50; index += 1) notifier.notify(notice());
    expect(performance.now() - startedMs).toBeLessThan(50);
    await eventually(() => outcomes.some((outcome) => outcome.startsWith('failed')));
    expect(receiver.asked()).toBeGreaterThanOrEqual(2);
  });

  it('holds a bounded number, and drops what only tells before what pages', async () => {
    const receiver = await webhookReceiver();
    receiver.behave('hang');
    const { notifier, outcomes } = notifierTo(receiver.url, { capacity: 2, timeoutMs: 400, attempts: 100 });
    notifier.notify(notice({ title: 'in flight' }));
    await eventually(() => receiver.asked() === 1);
    notifier.notify(notice({ title: 'page', urgency: 'page' }));
    notifier.notify(notice({ title: 'old news' }));
    notifier.notify(notice({ title: 'news' }));
    expect(outcomes).toEqual(['dropped old news: too many wait']);
    receiver.behave(200);
    await eventually(() => receiver.received.length === 3);
    expect(receiver.received.map(({ body }): unknown => body.data.title)).toEqual(['in flight', 'page', 'news']);
  });

  it('stops in the time it is given, and says what it dropped', async () => {
    const receiver = await webhookReceiver();
    receiver.behave('hang');
    const { notifier, outcomes } = notifierTo(receiver.url, { timeoutMs: 30_000 });
    notifier.notify(notice({ title: 'first' }));
    notifier.notify(notice({ title: 'second' }));
    await eventually(() => receiver.asked() === 1);
    const startedMs = performance.now();
    await notifier.stop(100);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(outcomes.map((outcome) => outcome.split(' ').slice(0, 2).join(' '))).toEqual([
      'failed first:',
      'dropped second:',
    ]);
  });

  it('sends what waits before it stops', async () => {
    const receiver = await webhookReceiver();
    const { notifier } = notifierTo(receiver.url);
    notifier.notify(notice());
    notifier.notify(notice());
    await notifier.stop(2_000);
    expect(receiver.received).toHaveLength(2);
  });
});
