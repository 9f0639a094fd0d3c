/** A notice as an e-mail: one thread for what is paged under one key, and its end only to those who were woken. */
import { createHash } from 'node:crypto';
import { escapeHtml } from '../../lib/escape-html.ts';
import type { Kept } from '../channel.ts';
import type { Notice } from '../message.ts';
import { clipped, noticeLines } from '../wording.ts';

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** Message that began the thread; null: this one does. */
  readonly inReplyTo: string | null;
  readonly priority: 'high' | 'normal';
}

const marks: Readonly<Record<Notice['urgency'], string>> = {
  page: '[PAGE] ',
  tell: '',
  acknowledge: '',
  resolve: '[resolved] ',
};

/** null: nobody is written to about it. */
export function mailOf(
  notice: Notice,
  { from, kept, to }: { readonly from: string; readonly kept: Kept | null; readonly to: readonly string[] },
): Mail | null {
  const { contacts, links, title, urgency } = notice;
  if (urgency === 'acknowledge' || (urgency === 'resolve' && kept === null)) return null;
  const before = kept?.['to']?.split(',') ?? [];
  const called = contacts.flatMap(({ email }) => (email === null ? [] : [email]));
  const lines = noticeLines(notice);
  return {
    to: [...new Set([...to, ...called, ...(urgency === 'resolve' ? before : [])])],
    subject: `${marks[urgency]}${clipped(title.replace(/\s+/g, ' '), 200)}`,
    text: [title, '', ...lines, '', ...links.map(({ href, text }) => `${text}: ${href}`)].join('\n'),
    html: [
      `<h3>${escapeHtml(title)}</h3>`,
      ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
      ...links.map(
        ({ href, text }) => `<p>${escapeHtml(text)}: <a href="${escapeHtml(href)}">${escapeHtml(href)}</a></p>`,
      ),
    ].join('\n'),
    messageId: `<${createHash('sha256').update(notice.id).digest('hex').slice(0, 32)}@${from.slice(from.indexOf('@') + 1)}>`,
    inReplyTo: kept?.['thread'] ?? null,
    priority: urgency === 'page' ? 'high' : 'normal',
  };
}

/** What is remembered of a mail that was sent: its thread, and whom it woke. */
export const keptOf = ({ inReplyTo, messageId, to }: Mail, kept: Kept | null): Kept => ({
  thread: inReplyTo ?? messageId,
  to: [...new Set([...(kept?.['to']?.split(',') ?? []), ...to])].join(','),
});
