/** One target, spoken to over real HTTP: in order, again while it is worth it, bounded, and stopped in time. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpSender } from '../../src/notify/http-sender.ts';
import { TargetNotifier, type TargetOptions } from '../../src/notify/target-notifier.ts';
import { openToldBook } from '../../src/notify/told-host.ts';
import { aNotice as notice } from '../support/a-notice.ts';
import { eventually } from '../support/eventually.ts';
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
      const { notifier } = notifierTo(receiver.url, { told: openToldBook(stateDir) });
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
    const first = notifierTo(receiver.url, { told: openToldBook(stateDir) });
    first.notifier.notify(page);
    await eventually(() => receiver.asked() === 1);
    await first.notifier.stop(0);
    receiver.behave(200);
    const second = notifierTo(receiver.url, { told: openToldBook(stateDir) });
    second.notifier.notify(page);
    await second.notifier.stop(60_000);
    expect(receiver.received).toHaveLength(1);
  });
});
