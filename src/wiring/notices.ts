/** Who is told about each policy's releases: the log always, and the targets that it names. */
import type { Clock } from '../lib/clock.ts';
import { pause } from '../lib/pause.ts';
import { type Audience, NoticeDesk } from '../notify/desk.ts';
import { HttpSender } from '../notify/http-sender.ts';
import { createLogNotifier } from '../notify/log-notifier.ts';
import { Bucket, paces } from '../notify/pace.ts';
import type { Sender } from '../notify/sender.ts';
import { SmtpSender } from '../notify/smtp-sender.ts';
import { targetMemory } from '../notify/target-memory.ts';
import { type Delivered, TargetNotifier } from '../notify/target-notifier.ts';
import { tiers } from '../release/contacts.ts';
import type { DeliveryLog } from '../release/delivery-log.ts';
import type { NotifyTarget } from '../release/notify-target.ts';
import type { Policy } from '../release/policy.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

type Told = Pick<Policy, 'contacts' | 'links' | 'name' | 'notify'>;

export interface NoticeOptions {
  readonly policies: readonly Told[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What was sent already, by earlier controllers too. */
  readonly deliveries: DeliveryLog;
}

export interface Notices {
  readonly desk: NoticeDesk;
  /** Sends what still waits, for at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export function openNotices(options: NoticeOptions): Notices {
  const { clock, log, policies } = options;
  const toLog = createLogNotifier(log);
  const audiences = new Map<string, Audience>(
    policies.map((policy) => [
      policy.name,
      { ...policy, notifiers: [toLog, ...policy.notify.map((target) => notifierOf(policy, target, options))] },
    ]),
  );
  const nobody: Audience = {
    notifiers: [toLog],
    contacts: { primary: [], secondary: [], vendors: [] },
    links: { page: null, dashboard: null, runbook: null },
  };
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

function notifierOf(
  { contacts, name }: Told,
  target: NotifyTarget,
  { clock, deliveries, log, metrics }: NoticeOptions,
): TargetNotifier {
  const onDelivered = ({ attempts, notice, outcome, why }: Delivered): void => {
    metrics.notified(target.name, outcome);
    const fields = { policy: name, target: target.name, notice: notice.id, outcome, attempts, why };
    if (outcome === 'sent') log.debug(fields, 'notice was delivered');
    else log.warn(fields, 'notice was not delivered');
  };
  return new TargetNotifier({
    target,
    isSomebodys: tiers.some((tier) => contacts[tier].some((contact) => contact.target === target.name)),
    sender: senderOf(target, clock),
    memory: targetMemory({
      ...{ log: deliveries, policy: name, target: target.name, service: target.service.kind },
      nowMs: () => clock.wallMs(),
    }),
    nowMs: () => clock.monotonicMs(),
    onDelivered,
  });
}

/** Speaks to the target's service, no faster than that likes. */
export function senderOf({ service }: NotifyTarget, clock: Clock): Sender {
  const bucket = new Bucket(paces[service.kind], clock.monotonicMs());
  const pace = (signal: AbortSignal): Promise<void> => pause(bucket.take(clock.monotonicMs()), signal);
  return service.kind === 'email' ? new SmtpSender({ service, pace }) : new HttpSender({ service, pace });
}
