/** One target, spoken to over real HTTP: in order, again while it is worth it, bounded, and stopped in time. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpSender } from '../../src/notify/http-sender.ts';
import { targetMemory } from '../../src/notify/target-memory.ts';
import { TargetNotifier, type TargetOptions } from '../../src/notify/target-notifier.ts';
import { Deliveries } from '../../src/release/deliveries.ts';
import { openSqliteDeliveries } from '../../src/release/sqlite-deliveries.ts';
import { aNotice as notice } from '../support/a-notice.ts';
import { chatService } from '../support/chat-service.ts';
import { eventually } from '../support/eventually.ts';
import { secretInEnv } from '../support/http-target.ts';
import { tempDir } from '../support/temp-dir.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';

interface Options extends Partial<TargetOptions> {
  readonly timeoutMs?: number;
}

const notifierTo = (url: string, { timeoutMs = 10_000, ...options }: Options = {}) => {
  const outcomes: string[] = [];
  const service = { kind: 'webhook', url, secrets: {} } as const;
  const notifier = new TargetNotifier({
    target: { name: 'team', hears: 'all', template: { title: null, body: null } },
    isSomebodys: false,
    sender: new HttpSender({ service, timeoutMs, pace: async () => undefined }),
    nowMs: () => performance.now(),
    backOffMs: 20,
    onDelivered: (told) => outcomes.push(`${told.outcome} ${told.notice.title}: ${told.why}`),
    ...options,
  });
  onTestFinished(() => notifier.stop(0));
  return { notifier, outcomes };
};

const memoryIn = (stateDir: string) => {
  const opened = openSqliteDeliveries({ path: join(stateDir, 'deliveries.db'), troubled: () => undefined });
  if (!opened.ok) throw new Error(opened.error.message);
  return targetMemory({
    ...{ log: opened.value, policy: 'app', target: 'team', service: 'webhook' },
    nowMs: () => Date.now(),
  });
};

describe('a target', () => {
  it('keeps the order, and tries again with the same id when the receiver is ill', async () => {
    const receiver = await webhookReceiver();
    receiver.behave(503);
    const { notifier } = notifierTo(receiver.url);
    notifier.notify(notice({ id: 'r1-1', title: 'first' }));
    notifier.notify(notice({ id: 'r1-2', title: 'second' }));
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
    const { notifier, outcomes } = notifierTo(receiver.url, { timeoutMs: 100, worthMs: { page: 200, news: 200 } });
    const startedMs = performance.now();
    for (let index = 0; index < 50; index += 1) notifier.notify(notice());
    expect(performance.now() - startedMs).toBeLessThan(50);
    await eventually(() => outcomes.some((outcome) => outcome.startsWith('failed')));
    expect(receiver.asked()).toBeGreaterThanOrEqual(1);
  });

  it('holds a bounded number, and drops what only tells before what pages', async () => {
    const receiver = await webhookReceiver();
    receiver.behave('hang');
    const { notifier, outcomes } = notifierTo(receiver.url, { capacity: 2, timeoutMs: 400 });
    notifier.notify(notice({ title: 'in flight' }));
    await eventually(() => receiver.asked() === 1);
    notifier.notify(notice({ id: 'p', title: 'page', urgency: 'page' }));
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

  it('has a page once, whichever controller sends it; news is not remembered', async () => {
    const receiver = await webhookReceiver();
    const stateDir = await tempDir();
    const page = notice({ id: 'app-1/7/LimitReached/page', urgency: 'page' });
    for (const _controller of ['first', 'second']) {
      const { notifier } = notifierTo(receiver.url, { memory: memoryIn(stateDir) });
      notifier.notify(page);
      notifier.notify(page);
      notifier.notify(notice());
      await notifier.stop(60_000);
    }
    expect(receiver.received.map(({ body }): unknown => body.data.urgency)).toEqual(['page', 'tell', 'tell']);
  });

  it('sends again what the controller before did not get through', async () => {
    const receiver = await webhookReceiver();
    const stateDir = await tempDir();
    receiver.behave('hang');
    const page = notice({ id: 'app-1/7/LimitReached/page', urgency: 'page' });
    const first = notifierTo(receiver.url, { memory: memoryIn(stateDir) });
    first.notifier.notify(page);
    await eventually(() => receiver.asked() === 1);
    await first.notifier.stop(0);
    receiver.behave(200);
    const second = notifierTo(receiver.url, { memory: memoryIn(stateDir) });
    second.notifier.notify(page);
    await second.notifier.stop(60_000);
    expect(receiver.received).toHaveLength(1);
  });

  it('keeps one message of a release in Slack up to date, whichever controller tells of it', async () => {
    const service = await chatService((_posted, index) => ({
      body: { ok: true, ts: `17000000${10 + index}.000100`, channel: 'C1' },
    }));
    const secrets = { token: secretInEnv('xoxb-1') };
    const slack = { kind: 'slack', api: service.origin, channel: 'C1', secrets } as const;
    const stateDir = await tempDir();
    for (const id of ['app-1/1/ReleaseStarted', 'app-1/2/Promoted']) {
      const sender = new HttpSender({ service: slack, pace: async () => undefined });
      const { notifier } = notifierTo('', { sender, memory: memoryIn(stateDir) });
      notifier.notify(notice({ id }));
      await notifier.stop(60_000);
    }
    expect(service.posted.map(({ path }) => path)).toEqual(['/chat.postMessage', '/chat.postMessage', '/chat.update']);
    const head = { ts: '1700000010.000100' };
    expect(service.posted[1]?.body).toMatchObject({ thread_ts: head.ts });
    expect(service.posted[2]?.body).toMatchObject(head);
  });

  it('notes each try, with how often and why it was not taken, until it is', async () => {
    const receiver = await webhookReceiver();
    const log = new Deliveries();
    const memory = targetMemory({ log, policy: 'app', target: 'team', service: 'webhook', nowMs: () => Date.now() });
    receiver.behave(503);
    const { notifier } = notifierTo(receiver.url, { memory });
    notifier.notify(notice());
    const listed = () => log.list({ limit: 10 });
    await eventually(() => (listed()[0]?.attempts ?? 0) >= 2);
    expect(listed()).toMatchObject([{ outcome: 'trying', why: expect.stringContaining('answered 503') }]);
    receiver.behave(200);
    await eventually(() => listed()[0]?.outcome === 'sent');
    expect(listed()).toMatchObject([{ notice: notice().id, target: 'team', service: 'webhook', why: '' }]);
    expect(listed()[0]?.attempts).toBeGreaterThanOrEqual(3);
  });

  it('is said to have been sent nothing where its service has no message for it', async () => {
    const log = new Deliveries();
    const memory = targetMemory({ log, policy: 'app', target: 'team', service: 'slack', nowMs: () => Date.now() });
    const receiver = await webhookReceiver();
    const service = { kind: 'slackWebhook', secrets: { url: secretInEnv(receiver.url) } } as const;
    const sender = new HttpSender({ service, pace: async () => undefined });
    const { notifier, outcomes } = notifierTo(receiver.url, { memory, sender });
    notifier.notify(notice({ urgency: 'resolve' }));
    await notifier.stop(10_000);
    expect([receiver.received, outcomes, log.list({ limit: 10 })]).toEqual([[], [], []]);
  });
});
