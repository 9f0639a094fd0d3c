/** A notice as a release gives it. */
import type { Notice } from '../../src/notify/message.ts';

export const aNotice = (change: Partial<Notice> = {}): Notice => ({
  id: 'app-1/7/RolledBack/tell',
  urgency: 'tell',
  dedupKey: 'sluice/release/app-1',
  atMs: Date.UTC(2026, 0, 15, 12, 0, 0),
  reason: 'RolledBack',
  title: 'app v2: RolledBack',
  text: 'no request reaches v2 any more',
  releases: ['app-1'],
  policy: 'app',
  revision: 'v2',
  state: 'rolledBack at 0 %',
  data: { rule: 'error_rate' },
  contacts: [],
  links: [],
  ...change,
});

export const aPage = (change: Partial<Notice> = {}): Notice =>
  aNotice({
    id: 'app-1/6/RollbackStalled/page',
    urgency: 'page',
    reason: 'RollbackStalled',
    title: 'app v2: RollbackStalled',
    text: 'the weight is not 0',
    contacts: [{ name: 'Eve', email: 'eve@example.com', phone: '+43 1 2', target: null }],
    links: [{ text: 'runbook', href: 'https://runbooks.example/rollback?a=1&b=2' }],
    ...change,
  });

/** What somebody may write into a name or a reason to reach more people, or to show something else. */
export const mischief = '<!channel> @everyone <@U123> </p><script>alert(1)</script> **[x](javascript:y)** <users/all>';
