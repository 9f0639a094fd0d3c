/** How a receiver tells that a message is ours, and that it is the same again: the headers of Standard Webhooks. */
import { createHmac } from 'node:crypto';

export interface SignedMessage {
  /** The same for every try. */
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
  /** Text, or base64 after `whsec_`; null: it is not signed. */
  readonly key: string | null;
}

const prefix = 'whsec_';

const bytesOf = (key: string): Buffer =>
  key.startsWith(prefix) ? Buffer.from(key.slice(prefix.length), 'base64') : Buffer.from(key, 'utf8');

/** The signature is `v1,BASE64` of HMAC-SHA256 over `id.timestamp.body`; the timestamp is in seconds. Source: standardwebhooks.com. */
export function webhookHeaders({ id, atMs, body, key }: SignedMessage): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (key === null) return headers;
  const signed = createHmac('sha256', bytesOf(key)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signed}` };
}
