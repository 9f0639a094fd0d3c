/** A notice in a target's own words, and the addresses that people may open. */
import { contactText } from '../release/contacts.ts';
import { filled, type NoticeWord } from '../release/notice-words.ts';
import type { Links, NoticeTemplate } from '../release/notify-target.ts';
import type { Notice, NoticeLink } from './message.ts';

const hrefOf = ({ links }: Notice, text: string): string => links.find((link) => link.text === text)?.href ?? '';

const wordOf =
  (notice: Notice) =>
  (word: NoticeWord): string => {
    switch (word) {
      case 'release':
        return notice.releases.join(', ');
      case 'rule':
        return String(notice.data['rule'] ?? '');
      case 'contacts':
        return notice.contacts.map(contactText).join('; ');
      case 'page':
      case 'dashboard':
      case 'runbook':
        return hrefOf(notice, word);
      default:
        return notice[word];
    }
  };

export function worded(notice: Notice, { title, body }: NoticeTemplate): Notice {
  const of = wordOf(notice);
  return {
    ...notice,
    title: title === null ? notice.title : filled(title, of),
    text: body === null ? notice.text : filled(body, of),
  };
}

/** The links of a notice, as services take addresses: a rule's own runbook goes before the policy's. */
export function linked(notice: Notice, links: Links): Notice {
  const of = (word: NoticeWord): string => encodeURIComponent(wordOf(notice)(word));
  const given = (['page', 'dashboard', 'runbook'] as const).flatMap((text): NoticeLink[] => {
    const template = links[text];
    return template === null ? [] : [{ text, href: filled(template, of) }];
  });
  const own = new Set(notice.links.map(({ text }) => text));
  const all = [...notice.links, ...given.filter(({ text }) => !own.has(text))];
  return {
    ...notice,
    links: all.map(({ href, text }) => ({ text, href: URL.canParse(href) ? new URL(href).href : href })),
  };
}

/** `text` in at most `most` characters. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** What a message says under its heading, line by line. */
export function noticeLines(notice: Notice): readonly string[] {
  const { contacts, state, text } = notice;
  return [
    clipped(text, 1_500),
    ...(state === '' ? [] : [state]),
    ...(contacts.length === 0 ? [] : [`to be called: ${clipped(contacts.map(contactText).join('; '), 500)}`]),
  ];
}
