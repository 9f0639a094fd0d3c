/** Slack: with a bot token one message a release, kept up to date, with the events in its thread; by an incoming webhook a message each. */
import {
  type Call,
  type Channel,
  jsonCall,
  type Reading,
  type Reply,
  readStatus,
  replyText,
  type Telling,
} from '../channel.ts';
import type { Notice } from '../message.ts';
import { clipped, noticeLines } from '../wording.ts';

/** Slack's three control characters: without them no mention, no link and no command can be written. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const marks: Readonly<Record<Notice['urgency'], string>> = {
  page: ':rotating_light: ',
  tell: '',
  acknowledge: '',
  resolve: ':white_check_mark: ',
};

const textOf = (notice: Notice): string =>
  [
    `${marks[notice.urgency]}*${escaped(clipped(notice.title, 200))}*`,
    ...noticeLines(notice).map(escaped),
    notice.links.map(({ href, text }) => `<${escaped(href).replaceAll('|', '%7C')}|${escaped(text)}>`).join(' · '),
  ]
    .filter((line) => line !== '')
    .join('\n');

const plain = { unfurl_links: false, unfurl_media: false } as const;

export interface SlackBot {
  readonly api: string;
  readonly channel: string;
  readonly token: string;
}

export const slackBot = ({ api, channel, token }: SlackBot): Channel => {
  const call = (method: string, body: object): Call =>
    jsonCall(`${api}/${method}`, { channel, ...body }, { authorization: `Bearer ${token}` });
  return {
    next: ({ done, isLatest, kept, notice }) => {
      const text = textOf(notice);
      const head = kept?.['ts'];
      if (head === undefined) return done > 0 || isSilent(notice) ? null : call('chat.postMessage', { text, ...plain });
      const update = call('chat.update', { channel: kept?.['channel'] ?? channel, ts: head, text });
      const steps = [
        ...(isSilent(notice) ? [] : [call('chat.postMessage', inThread(notice, head))]),
        ...(isLatest && notice.urgency !== 'acknowledge' ? [update] : []),
      ];
      // The first notice made the head, and has no thread yet.
      return kept?.['first'] === notice.id ? null : (steps[done] ?? null);
    },
    read: readSlack,
  };
};

/** An event in the thread; a page is shown in the channel, too. */
const inThread = (notice: Notice, head: string) => ({
  text: textOf(notice),
  thread_ts: head,
  reply_broadcast: notice.urgency === 'page',
  ...plain,
});

/** They change the head, and are no event of their own. */
const isSilent = ({ urgency }: Notice): boolean => urgency === 'resolve' || urgency === 'acknowledge';

const passing: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);
const lost: ReadonlySet<string> = new Set(['message_not_found', 'thread_not_found']);

/** Slack answers 200 to almost everything, and says in `ok` and `error` what came of it. */
function readSlack(reply: Reply, { kept, notice }: Telling): Reading {
  const status = readStatus(reply);
  if (status.kind !== 'taken') return status;
  const error = replyText(reply, 'error');
  if (error !== '') {
    if (kept !== null && lost.has(error)) return { kind: 'gone' };
    return { kind: passing.has(error) ? 'later' : 'refused', why: `answered ${error}` };
  }
  if (kept !== null) return { kind: 'taken', kept };
  const [ts, channel] = [replyText(reply, 'ts'), replyText(reply, 'channel')];
  return ts === ''
    ? { kind: 'refused', why: 'answered without the time of the message' }
    : { kind: 'taken', kept: { ts, channel, first: notice.id } };
}

export const slackWebhook = (url: string): Channel => ({
  next: ({ done, notice }) => (done > 0 || isSilent(notice) ? null : jsonCall(url, { text: textOf(notice), ...plain })),
  read: (reply) => readStatus(reply),
});
