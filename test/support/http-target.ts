/** A sender to a service on loopback, with its secrets in the environment until the test ends. */
import { onTestFinished } from 'vitest';
import type { SecretRef } from '../../src/lib/secret/secret-ref.ts';
import type { Kept } from '../../src/notify/channel.ts';
import type { HttpService } from '../../src/notify/channel-of.ts';
import { HttpSender } from '../../src/notify/http-sender.ts';
import type { Notice } from '../../src/notify/message.ts';
import type { Sent } from '../../src/notify/sender.ts';

let serial = 0;

export const secretInEnv = (text: string): SecretRef => {
  serial += 1;
  const name = `SLUICE_TEST_SECRET_${serial}`;
  process.env[name] = text;
  onTestFinished(() => void Reflect.deleteProperty(process.env, name));
  return { from: 'env', name };
};

export interface HttpTarget {
  send(
    notice: Notice,
    more?: { readonly kept?: Kept | null; readonly done?: number; readonly isLatest?: boolean },
  ): Promise<Sent>;
  /** One notice after the other, each with what those before it left. */
  sendAll(...notices: readonly Notice[]): Promise<Sent>;
  preview(notice: Notice): string;
}

export const httpTarget = (service: HttpService): HttpTarget => {
  const sender = new HttpSender({ service, pace: async () => undefined });
  const { signal } = new AbortController();
  const send: HttpTarget['send'] = (notice, { done = 0, isLatest = true, kept = null } = {}) =>
    sender.send({ notice, kept, done, isLatest, signal });
  return {
    send,
    sendAll: async (...notices) => {
      let sent: Sent = { outcome: 'sent', kept: null, done: 0 };
      for (const notice of notices) sent = await send(notice, { kept: sent.kept });
      return sent;
    },
    preview: (notice) => sender.preview(notice),
  };
};
