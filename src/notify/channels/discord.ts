/** Discord: by a webhook, one message a release that is edited; a page is a message of its own, because an edit wakes nobody. */
import { type Channel, jsonCall, readStatus, replyText } from '../channel.ts';
import type { Notice } from '../message.ts';
import { clipped, noticeLines } from '../wording.ts';

/** Markdown taken literally; an @ that begins no mention. Mentions are switched off besides. */
const escaped = (text: string): string => text.replace(/[\\*_~`|>#[\]()<-]/g, '\\$&').replaceAll('@', '@\u200b');

const colors: Readonly<Record<Notice['urgency'], number>> = {
  page: 0xd93025,
  tell: 0x5865f2,
  acknowledge: 0x5865f2,
  resolve: 0x1e8e3e,
};

const discordMessage = (notice: Notice) => ({
  allowed_mentions: { parse: [] },
  embeds: [
    {
      title: escaped(clipped(notice.title, 120)),
      description: [
        ...noticeLines(notice).map(escaped),
        notice.links.map(({ href, text }) => `[${escaped(text)}](<${href.replaceAll('>', '%3E')}>)`).join(' · '),
      ]
        .filter((line) => line !== '')
        .join('\n'),
      color: colors[notice.urgency],
      timestamp: new Date(notice.atMs).toISOString(),
    },
  ],
});

/** The path of the webhook, with what follows it before its query (a thread). */
const under = (url: string, path: string, query: Readonly<Record<string, string>> = {}): string => {
  const address = new URL(url);
  address.pathname = `${address.pathname}${path}`;
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.href;
};

export const discord = (url: string): Channel => ({
  next: ({ done, isLatest, kept, notice }) => {
    if (done > 0 || notice.urgency === 'acknowledge') return null;
    const message = discordMessage(notice);
    const known = kept?.['message'];
    if (known === undefined && notice.urgency === 'resolve') return null;
    if (known === undefined || notice.urgency === 'page') return jsonCall(under(url, '', { wait: 'true' }), message);
    return isLatest
      ? { ...jsonCall(under(url, `/messages/${encodeURIComponent(known)}`), message), method: 'PATCH' }
      : null;
  },
  read: (reply, { kept, notice }) => {
    const status = readStatus(reply, kept);
    if (reply.status === 404 && kept !== null && replyText(reply, 'code') === '10008') return { kind: 'gone' };
    if (status.kind !== 'taken' || (kept !== null && notice.urgency !== 'page')) return status;
    const id = replyText(reply, 'id');
    return { kind: 'taken', kept: kept ?? (id === '' ? null : { message: id }) };
  },
});
