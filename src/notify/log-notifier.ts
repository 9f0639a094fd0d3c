/** Notifier that writes to the program's log: what stays when nothing else is configured. */
import { contactText } from '../release/contacts.ts';
import type { Notifier } from './notifier.ts';

/** The part of a logger that it needs. */
export interface NoticeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const words = { tell: 'notice', acknowledge: 'a person acted', resolve: 'resolved' } as const;

export const createLogNotifier = (log: NoticeLog): Notifier => ({
  name: 'log',
  notify: (notice) => {
    const { urgency, reason, policy, revision, releases, text, contacts } = notice;
    const fields = { urgency, reason, policy, revision, releases, text, contacts: contacts.map(contactText) };
    if (urgency === 'page') log.warn(fields, 'a person is needed');
    else log.info(fields, words[urgency]);
  },
  stop: async () => undefined,
});
