/** Whatever takes CloudEvents over HTTP: signed as Standard Webhooks are, with an id that is the same when the same is sent again. */
import { createHmac } from 'node:crypto';
import { type Channel, readStatus } from '../channel.ts';
import { cloudEvent } from '../cloud-event.ts';

export interface EventReceiver {
  readonly url: string;
  /** Text, or base64 after `whsec_`; null: nothing is signed. */
  readonly key: string | null;
  readonly token: string | null;
}

const bytesOf = (key: string): Buffer =>
  key.startsWith('whsec_') ? Buffer.from(key.slice('whsec_'.length), 'base64') : Buffer.from(key, 'utf8');

/** `v1,BASE64` over `id.timestamp.body`; the timestamp in seconds. */
const signatureOf = (key: string, signed: string): string =>
  `v1,${createHmac('sha256', bytesOf(key)).update(signed).digest('base64')}`;

export const cloudEvents = ({ key, token, url }: EventReceiver): Channel => ({
  next: ({ done, notice, nowMs }) => {
    if (done > 0) return null;
    const event = cloudEvent(notice);
    const { id } = event;
    const body = JSON.stringify(event);
    const timestamp = Math.floor(nowMs / 1_000);
    return {
      method: 'POST',
      url,
      body,
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'idempotency-key': id,
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(key === null ? {} : { 'webhook-signature': signatureOf(key, `${id}.${timestamp}.${body}`) }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
    };
  },
  read: (reply) => readStatus(reply),
});
