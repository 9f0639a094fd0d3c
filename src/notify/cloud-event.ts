/** A notice as a CloudEvent (1.0, JSON), which receivers of many kinds understand. */
import type { Notice } from './message.ts';

/** `serial` makes the id unique among the events of one run of the program, named by `run`. */
export const cloudEvent = (notice: Notice, { run, serial }: { readonly run: string; readonly serial: number }) => ({
  specversion: '1.0',
  id: `${run}-${serial}`,
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
    contacts: notice.contacts,
    details: notice.data,
  },
});

export type CloudEvent = ReturnType<typeof cloudEvent>;
