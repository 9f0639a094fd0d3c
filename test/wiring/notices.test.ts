/** Who is told about a release: whoever its policy's file names, over real HTTP, and the log always. */
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { Deliveries } from '../../src/release/deliveries.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { openNotices } from '../../src/wiring/notices.ts';
import { eventually } from '../support/eventually.ts';
import { logLines } from '../support/log-lines.ts';
import { policyOf } from '../support/policy-of.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';

const needsPerson = { atMs: 7, kind: 'event', reason: 'InvestigationEscalated', message: 'slow', data: {} } as const;

const noticesOf = async (spec: Readonly<Record<string, unknown>>) => {
  const { log, lines } = logLines();
  const metrics = createMetrics({ version: 'test', releases: async () => ok([]) });
  const notices = openNotices({
    policies: [await policyOf(spec)],
    clock: systemClock,
    log,
    metrics,
    deliveries: new Deliveries(),
  });
  onTestFinished(() => notices.stop(0));
  return { ...notices, lines, metrics };
};

it('a policy without targets tells its log, whom to call included', async () => {
  const { desk, lines } = await noticesOf({ contacts: { primary: ['ada@example.com'] } });
  desk.saved(bakingRelease(), [needsPerson]);
  expect(lines).toMatchObject([{ level: 'warn', urgency: 'page', policy: 'app', contacts: ['ada@example.com'] }]);
});

it('webhooks of a policy get it too, and each delivery is counted', async () => {
  const receiver = await webhookReceiver();
  const { desk, lines, metrics } = await noticesOf({ notify: [{ webhook: { url: receiver.url } }] });
  desk.saved(bakingRelease(), [needsPerson]);
  await eventually(() => receiver.received.length === 1);
  expect(receiver.received[0]?.body.data).toMatchObject({ urgency: 'page', reason: 'InvestigationEscalated' });
  await eventually(async () => /notifications_total\{target="webhook",outcome="sent"\} 1/.test(await metrics.text()));
  expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

it('a webhook that refuses is told in the log', async () => {
  const receiver = await webhookReceiver();
  receiver.behave(400);
  const { desk, lines } = await noticesOf({ notify: [{ webhook: { url: receiver.url } }] });
  desk.saved(bakingRelease(), [needsPerson]);
  await eventually(() => lines.some(({ msg }) => msg === 'notice was not delivered'));
  expect(lines.at(-1)).toMatchObject({
    level: 'warn',
    outcome: 'failed',
    target: 'webhook',
    why: expect.stringContaining('400'),
  });
});

it('releases of a policy that is not served any more are told to the log', async () => {
  const { desk, lines } = await noticesOf({});
  desk.saved(bakingRelease({ policy: 'gone' }), [needsPerson]);
  expect(lines).toMatchObject([{ urgency: 'page', policy: 'gone', contacts: [] }]);
});

it('what waits is sent before the stop', async () => {
  const receiver = await webhookReceiver();
  const { desk, stop } = await noticesOf({ notify: [{ webhook: { url: receiver.url } }] });
  desk.saved(bakingRelease(), [needsPerson]);
  await stop(60_000);
  expect(receiver.received).toHaveLength(1);
});
