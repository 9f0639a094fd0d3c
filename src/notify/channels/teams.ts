/** Microsoft Teams: an Adaptive Card to a Workflows webhook. All texts are text runs, which know no markup and no mention. */
import { type Channel, jsonCall, readStatus } from '../channel.ts';
import type { Notice } from '../message.ts';
import { clipped, noticeLines } from '../wording.ts';

const colors: Readonly<Record<Notice['urgency'], string>> = {
  page: 'attention',
  tell: 'default',
  acknowledge: 'default',
  resolve: 'good',
};

const line = (text: string, style: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...style }],
});

const teamsCard = (notice: Notice) => ({
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.5',
  body: [
    line(clipped(notice.title, 200), { weight: 'bolder', size: 'medium', color: colors[notice.urgency] }),
    ...noticeLines(notice).map((text) => line(text)),
  ],
  ...(notice.links.length === 0
    ? {}
    : { actions: notice.links.map(({ href, text }) => ({ type: 'Action.OpenUrl', title: text, url: href })) }),
});

export const teams = (url: string): Channel => ({
  next: ({ done, notice }) => {
    if (done > 0 || notice.urgency === 'resolve' || notice.urgency === 'acknowledge') return null;
    const attachment = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: teamsCard(notice),
    };
    return jsonCall(url, { type: 'message', attachments: [attachment] });
  },
  read: (reply) => readStatus(reply),
});
