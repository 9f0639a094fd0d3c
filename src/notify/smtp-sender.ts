/** Sends notices by a mail server: TLS as the target says, every dialogue bounded in time. */
import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { maskedCut } from '../lib/secret/masked.ts';
import type { NotifyService } from '../release/notify-target.ts';
import { keptOf, type Mail, mailOf } from './channels/mail.ts';
import type { Notice } from './message.ts';
import { readSecrets } from './secrets-host.ts';
import type { Sender, Sending, Sent } from './sender.ts';

type MailService = Extract<NotifyService, { readonly kind: 'email' }>;

export interface SmtpSenderOptions {
  readonly service: MailService;
  /** Of one whole dialogue; default 30 s. */
  readonly timeoutMs?: number;
  /** Waits until the server may be spoken to again. */
  readonly pace: (signal: AbortSignal) => Promise<void>;
}

type Posted = Result<null, { readonly outcome: 'later' | 'refused'; readonly why: string }>;

export class SmtpSender implements Sender {
  readonly #options: SmtpSenderOptions;

  constructor(options: SmtpSenderOptions) {
    this.#options = options;
  }

  async send({ done, kept, notice, signal }: Sending): Promise<Sent> {
    const { pace, service } = this.#options;
    const mail = mailOf(notice, { ...service, kept });
    if (mail === null) return { outcome: 'sent', kept, done };
    if (mail.to.length === 0)
      return { outcome: 'refused', kept, done, why: 'nobody to write to: name to, or contacts with an email' };
    const secrets = await readSecrets(service.secrets);
    if (!secrets.ok) return { outcome: 'later', kept, done, why: secrets.error, afterMs: null };
    await pace(signal);
    const posted = await this.#post(mail, secrets.value['password'] ?? null, signal);
    if (posted.ok) return { outcome: 'sent', kept: keptOf(mail, kept), done: done + 1 };
    const { password = '' } = secrets.value;
    // As AUTH PLAIN sends them.
    const login = password === '' ? '' : `\0${service.user ?? ''}\0${password}`;
    const why = maskedCut(posted.error.why, [password, login]);
    return posted.error.outcome === 'later'
      ? { outcome: 'later', kept, done, why, afterMs: null }
      : { outcome: 'refused', kept, done, why };
  }

  preview(notice: Notice): string {
    const { from, host, port, to } = this.#options.service;
    const mail = mailOf(notice, { from, to, kept: null });
    if (mail === null) return 'nothing is sent for it';
    return [
      `SMTP ${host}:${port}`,
      `From: ${from}`,
      `To: ${mail.to.join(', ')}`,
      `Subject: ${mail.subject}`,
      '',
      mail.text,
    ].join('\n');
  }

  async #post(mail: Mail, password: string | null, signal: AbortSignal): Promise<Posted> {
    const { service, timeoutMs = 30_000 } = this.#options;
    const ca = await caOf(service.caFile);
    if (!ca.ok) return failed({ outcome: 'later', why: ca.error });
    const { host, port, security, user, from } = service;
    const transport = createTransport({
      ...{
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
      },
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
      ...(ca.value === null ? {} : { tls: { ca: ca.value } }),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { inReplyTo, to, ...content } = mail;
    const thread = inReplyTo === null ? {} : { inReplyTo, references: inReplyTo };
    try {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      await transport.sendMail({ ...content, ...thread, from, to: [...to], signal: deadline });
      return ok(null);
    } catch (error) {
      return failed({ outcome: isForGood(error) ? 'refused' : 'later', why: messageOf(error) });
    } finally {
      transport.close();
    }
  }
}

/** The server's own permanent refusal (5xx), but for a login: passwords are renewed. */
function isForGood(error: unknown): boolean {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
  return code !== 'EAUTH' && typeof responseCode === 'number' && responseCode >= 500;
}

async function caOf(path: string | null): Promise<Result<string | null, string>> {
  try {
    return ok(path === null ? null : await readFile(path, 'utf8'));
  } catch (error) {
    return failed(messageOf(error));
  }
}
