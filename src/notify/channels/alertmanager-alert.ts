/** Alertmanager (API v2): a page is an alert that fires until it is resolved; who hears of it is routed there. */
import { contactText } from '../../release/contacts.ts';
import { type Channel, jsonCall, readStatus } from '../channel.ts';
import type { Notice } from '../message.ts';

/** An alert without an end would be taken for resolved a few minutes later. */
const firesForMs = 7 * 86_400_000;

/** Labels are its identity: they are the same at its end. */
const alertOf = (notice: Notice) => {
  const { atMs, contacts, dedupKey, links, policy, text, title, urgency } = notice;
  const page = links.find((link) => link.text === 'page')?.href;
  const runbook = links.find((link) => link.text === 'runbook')?.href;
  return {
    labels: { alertname: 'SluiceNeedsYou', severity: 'critical', policy, key: dedupKey },
    annotations: {
      summary: title,
      description: text,
      contacts: contacts.map(contactText).join('; '),
      ...(runbook === undefined ? {} : { runbook_url: runbook }),
    },
    ...(urgency === 'resolve' ? {} : { startsAt: new Date(atMs).toISOString() }),
    endsAt: new Date(urgency === 'resolve' ? atMs : atMs + firesForMs).toISOString(),
    ...(page === undefined ? {} : { generatorURL: page }),
  };
};

export const alertmanagerAlert = ({
  token,
  url,
}: {
  readonly url: string;
  readonly token: string | null;
}): Channel => ({
  next: ({ done, notice }) => {
    if (done > 0 || (notice.urgency !== 'page' && notice.urgency !== 'resolve')) return null;
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    return jsonCall(`${url}/api/v2/alerts`, [alertOf(notice)], headers);
  },
  read: (reply) => readStatus(reply),
});
