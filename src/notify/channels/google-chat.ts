/** Google Chat: a thread a release, by an incoming webhook. */
import { type Channel, jsonCall, readStatus } from '../channel.ts';
import type { Notice } from '../message.ts';
import { clipped, noticeLines } from '../wording.ts';

/** Mentions and links are written in angle brackets; the service knows no escape for them. */
const escaped = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›');

const googleChatMessage = (notice: Notice) => ({
  text: [
    `${notice.urgency === 'page' ? '🚨 ' : ''}*${escaped(clipped(notice.title, 200))}*`,
    ...noticeLines(notice).map(escaped),
    ...notice.links.map(({ href, text }) => `<${href.replaceAll('|', '%7C').replaceAll('>', '%3E')}|${escaped(text)}>`),
  ].join('\n'),
  thread: { threadKey: notice.dedupKey },
});

export const googleChat = (url: string): Channel => ({
  next: ({ done, notice }) => {
    if (done > 0 || notice.urgency === 'resolve' || notice.urgency === 'acknowledge') return null;
    const address = new URL(url);
    address.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
    return jsonCall(address.href, googleChatMessage(notice));
  },
  read: (reply) => readStatus(reply),
});
