/** Whatever takes CloudEvents over HTTP: signed as Standard Webhooks are, with an id that is the same when the same is sent again. */
import { webhookHeaders } from '../../lib/webhook-signature.ts';
import { type Channel, readStatus } from '../channel.ts';
import { cloudEvent } from '../cloud-event.ts';

export interface EventReceiver {
  readonly url: string;
  /** Text, or base64 after `whsec_`; null: nothing is signed. */
  readonly key: string | null;
  readonly token: string | null;
}

export const cloudEvents = ({ key, token, url }: EventReceiver): Channel => ({
  next: ({ done, notice, nowMs }) => {
    if (done > 0) return null;
    const event = cloudEvent(notice);
    const { id } = event;
    const body = JSON.stringify(event);
    return {
      method: 'POST',
      url,
      body,
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'idempotency-key': id,
        ...webhookHeaders({ id, atMs: nowMs, body, key }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
    };
  },
  read: (reply) => readStatus(reply),
});
