/** A notice as a CloudEvent (1.0, JSON), which receivers of many kinds understand. */
import type { Notice } from './message.ts';

export const cloudEvent = (notice: Notice) => ({
  specversion: '1.0',
  // Also a header of HTTP, which takes no other letters.
  id: encodeURI(notice.id),
  source: `/sluice/policies/${encodeURIComponent(notice.policy)}`,
  type: `dev.sluice.release.${notice.urgency}`,
  subject: notice.releases.join(',') || notice.policy,
  time: new Date(notice.atMs).toISOString(),
  datacontenttype: 'application/json',
  data: {
    urgency: notice.urgency,
    dedupKey: notice.dedupKey,
    reason: notice.reason,
    title: notice.title,
    text: notice.text,
    policy: notice.policy,
    revision: notice.revision,
    releases: notice.releases,
    state: notice.state,
    contacts: notice.contacts,
    links: notice.links,
    details: notice.data,
  },
});
