/** Sends notices to services that speak HTTP: one call after the other, each bounded in time and in size. */
import axios, { AxiosError } from 'axios';
import { messageOf } from '../lib/message-of.ts';
import { maskedCut } from '../lib/secret/masked.ts';
import { type Call, type Channel, type Kept, type Reply } from './channel.ts';
import { channelOf, type HttpService } from './channel-of.ts';
import type { Notice } from './message.ts';
import { readSecrets } from './secrets-host.ts';
import type { Sender, Sending, Sent } from './sender.ts';
import { standIns } from './stand-ins.ts';

export interface HttpSenderOptions {
  readonly service: HttpService;
  /** Of one whole call; default 10 s. */
  readonly timeoutMs?: number;
  /** Waits until the service may be spoken to again. */
  readonly pace: (signal: AbortSignal) => Promise<void>;
}

type Answered = { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly why: string };

export class HttpSender implements Sender {
  readonly #options: HttpSenderOptions;

  constructor(options: HttpSenderOptions) {
    this.#options = options;
  }

  async send(sending: Sending): Promise<Sent> {
    const { done, kept } = sending;
    const secrets = await readSecrets(this.#options.service.secrets);
    if (!secrets.ok) return { outcome: 'later', kept, done, why: secrets.error, afterMs: null };
    const sent = await this.#calls(channelOf(this.#options.service, secrets.value), sending);
    return 'why' in sent ? { ...sent, why: maskedCut(sent.why, Object.values(secrets.value)) } : sent;
  }

  preview(notice: Notice): string {
    const { service } = this.#options;
    const secrets = standIns(Object.keys(service.secrets));
    const telling = { notice, kept: null, done: 0, isLatest: true, nowMs: notice.atMs };
    const call = channelOf(service, secrets).next(telling);
    return call === null ? 'nothing is sent for it' : shown(call);
  }

  async #calls(channel: Channel, { isLatest, notice, signal, ...from }: Sending): Promise<Sent> {
    let { done, kept }: { done: number; kept: Kept | null } = from;
    let begunAnew = 0;
    for (;;) {
      const telling = { notice, kept, done, isLatest, nowMs: Date.now() };
      const call = channel.next(telling);
      if (call === null) return { outcome: 'sent', kept, done };
      await this.#options.pace(signal);
      const answered = await this.#call(call, signal);
      if (!answered.ok) return { outcome: 'later', kept, done, why: answered.why, afterMs: null };
      const reading = channel.read(answered.reply, telling);
      if (reading.kind === 'taken') [kept, done] = [reading.kept, done + 1];
      else if (reading.kind === 'gone' && begunAnew === 0) [kept, done, begunAnew] = [null, 0, 1];
      else if (reading.kind === 'later')
        return { outcome: 'later', kept, done, why: reading.why, afterMs: answered.reply.retryAfterMs };
      else
        return { outcome: 'refused', kept, done, why: reading.kind === 'gone' ? 'its message is gone' : reading.why };
    }
  }

  async #call({ body, headers, method, url }: Call, stop: AbortSignal): Promise<Answered> {
    const timeoutMs = this.#options.timeoutMs ?? 10_000;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const {
        data,
        headers: answered,
        status,
      } = await axios.request<string>({
        ...{ method, url, headers, data: body, signal: AbortSignal.any([deadline, stop]) },
        ...{ maxRedirects: 0, maxContentLength: 262_144, proxy: false, responseType: 'text' },
        transformRequest: (text: string) => text,
        transformResponse: (text: string) => text,
        validateStatus: () => true,
      });
      return { ok: true, reply: { status, body: parsed(data), retryAfterMs: waitOf(answered['retry-after']) } };
    } catch (error) {
      if (deadline.aborted) return { ok: false, why: `no complete answer within ${timeoutMs / 1_000} s` };
      const code = error instanceof AxiosError ? error.code : undefined;
      return { ok: false, why: [code, messageOf(error)].filter((part) => part).join(' ') };
    }
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** `Retry-After` in seconds, or as a date. */
const waitOf = (header: unknown): number | null => {
  if (typeof header !== 'string' || header === '') return null;
  const ms = /^[0-9]+(\.[0-9]+)?$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
};

const shown = ({ body, headers, method, url }: Call): string =>
  [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    JSON.stringify(JSON.parse(body), null, 2),
  ].join('\n');
