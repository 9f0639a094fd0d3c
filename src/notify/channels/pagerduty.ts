/** PagerDuty: an incident a release (Events API v2: trigger, acknowledge, resolve under one key), and its milestones as change events. */
import { contactText } from '../../release/contacts.ts';
import { type Channel, jsonCall, readStatus } from '../channel.ts';
import type { Notice } from '../message.ts';
import { milestones } from '../urgency.ts';
import { clipped } from '../wording.ts';

const linksOf = ({ links }: Notice) =>
  links.length === 0 ? {} : { links: links.map(({ href, text }) => ({ href, text })) };

const detailsOf = ({ contacts, data, reason, releases, revision, state, text }: Notice) => ({
  ...{ reason, text: clipped(text, 2_000), releases, revision, state, contacts: contacts.map(contactText) },
  ...{ details: data },
});

const payloadOf = (notice: Notice) => ({
  summary: clipped(`${notice.title}: ${notice.text}`, 1_024),
  source: notice.policy,
  timestamp: new Date(notice.atMs).toISOString(),
  custom_details: detailsOf(notice),
});

const actions = { page: 'trigger', acknowledge: 'acknowledge', resolve: 'resolve' } as const;

const incidentEvent = (notice: Notice, action: 'trigger' | 'acknowledge' | 'resolve', key: string) => ({
  routing_key: key,
  event_action: action,
  dedup_key: clipped(notice.dedupKey, 255),
  ...(action === 'trigger'
    ? {
        payload: { ...payloadOf(notice), severity: 'critical', component: notice.policy, class: notice.reason },
        client: 'Sluice',
        ...linksOf(notice),
      }
    : {}),
});

const changeEvent = (notice: Notice, key: string) => ({
  routing_key: key,
  payload: payloadOf(notice),
  ...linksOf(notice),
});

export const pagerduty = ({ api, key }: { readonly api: string; readonly key: string }): Channel => ({
  next: ({ done, notice }) => {
    if (done > 0) return null;
    if (notice.urgency !== 'tell')
      return jsonCall(`${api}/enqueue`, incidentEvent(notice, actions[notice.urgency], key));
    return milestones.has(notice.reason) ? jsonCall(`${api}/change/enqueue`, changeEvent(notice, key)) : null;
  },
  read: (reply) => readStatus(reply),
});
