/** A message that says that it is only a test, so that nobody is woken for nothing. */
import { type Contact, type Contacts, tiers } from '../release/contacts.ts';
import type { Notice } from './message.ts';

export interface Tested {
  readonly policy: string;
  readonly contacts: Contacts;
  readonly atMs: number;
  /** `page`: for targets that hear nothing else; `resolve`: its end. */
  readonly urgency: 'tell' | 'page' | 'resolve';
}

export const testNotice = ({ atMs, contacts, policy, urgency }: Tested): Notice => ({
  id: `${policy}/test/${atMs}/${urgency}`,
  urgency,
  dedupKey: `sluice/test/${policy}/${atMs}`,
  atMs,
  reason: 'ReleaseStarted',
  title: `[TEST] ${policy}: a test of notifications`,
  text: 'This is a test: nothing is released and nobody has to act. It was sent by `sluice notify test`.',
  releases: [],
  policy,
  revision: 'test',
  state: '',
  data: { test: true },
  contacts: urgency === 'page' ? tiers.flatMap((tier): readonly Contact[] => contacts[tier]) : [],
  links: [],
});
