/** The page about notifications: its policies are right, and its lists are those of the program. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { paces } from '../../src/notify/pace.ts';
import { noticeWords } from '../../src/release/notice-words.ts';
import { policyOf } from '../support/policy-of.ts';

const page = readFileSync(new URL('../../deploy/notifications.md', import.meta.url), 'utf8');

/** Each `spec:` on the page. */
const specs = [...page.matchAll(/^ {4}spec:\n(?: {6}.*\n)+/gm)].map(
  ([text]) => (parse(text) as { readonly spec: Record<string, unknown> }).spec,
);

test('the policies on the page are right, and show every service', async () => {
  const [targets, own, contacts] = await Promise.all(specs.map((spec) => policyOf(spec)));
  expect(new Set(targets?.notify.map(({ service }) => service.kind))).toEqual(new Set(Object.keys(paces)));
  expect(targets?.notify.flatMap(({ hears, name }) => (hears === 'pages' ? [name] : []))).toEqual([
    'pagerduty',
    'alertmanager',
    'email',
    'db-pager',
  ]);
  expect(own?.links.dashboard).toContain('{{policy}}');
  expect(contacts?.contacts.secondary).toMatchObject([{ name: 'database team', target: 'db-pager' }]);
});

test('the page names every placeholder', () => {
  for (const word of noticeWords) expect(page).toContain(`\`${word}\``);
});
