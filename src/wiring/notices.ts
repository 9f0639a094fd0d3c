/** Who is told about each policy's releases: the log always, and the webhooks that its file names. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { type Audience, NoticeDesk } from '../notify/desk.ts';
import { createLogNotifier } from '../notify/log-notifier.ts';
import type { Notifier } from '../notify/notifier.ts';
import { WebhookNotifier } from '../notify/webhook.ts';
import type { Policy } from '../release/policy.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface NoticeOptions {
  readonly policies: readonly Pick<Policy, 'contacts' | 'name' | 'notify'>[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Notices {
  readonly desk: NoticeDesk;
  /** Sends what still waits, for at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export function openNotices({ policies, clock, log, metrics }: NoticeOptions): Notices {
  const toLog = createLogNotifier(log);
  const run = randomUUID();
  const webhook = (url: string): Notifier =>
    new WebhookNotifier({
      url,
      run,
      onOutcome: (outcome, message) => {
        metrics.notified('webhook', outcome);
        if (outcome !== 'sent') log.warn({ outcome, message }, 'notice was not delivered');
      },
    });
  const audiences = new Map<string, Audience>(
    policies.map(({ name, contacts, notify }) => [
      name,
      { contacts, notifiers: [toLog, ...notify.map(({ url }) => webhook(url))] },
    ]),
  );
  const nobody: Audience = { notifiers: [toLog], contacts: { primary: [], secondary: [], vendors: [] } };
  const desk = new NoticeDesk({
    audienceOf: (policy) => audiences.get(policy) ?? nobody,
    nowMs: () => clock.monotonicMs(),
  });
  return {
    desk,
    stop: async (graceMs) => {
      desk.stop();
      await Promise.all(
        [...audiences.values()].flatMap(({ notifiers }) => notifiers.map((each) => each.stop(graceMs))),
      );
    },
  };
}
