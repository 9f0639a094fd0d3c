/** The page about checks: its policies and its rule are right, and it names every stage. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkStages } from '../../src/release/check-demand.ts';
import { placeholders } from '../../src/release/policy-hook.ts';
import { parseRules } from '../../src/rules/rule-file.ts';
import { policyOf } from '../support/policy-of.ts';

const page = readFileSync(new URL('../../deploy/checks.md', import.meta.url), 'utf8');

/** Each `spec:` on the page. */
const specs = [...page.matchAll(/^ {4}spec:\n(?: {6}.*\n)+/gm)].map(
  ([text]) => (parse(text) as { readonly spec: Record<string, unknown> }).spec,
);

test('the policies on the page are right', async () => {
  const policies = await Promise.all(specs.map((spec) => policyOf(spec)));
  expect(policies.map(({ checks }) => checks.map(({ kind, name }) => `${name} ${kind}`))).toEqual([
    ['ready http', 'journeys http', 'health health', 'entrance health', 'told http'],
    ['on-call http'],
    ['no-alert alertmanager'],
    ['warm load'],
  ]);
  expect(policies[0]?.checks.map(({ onFail }) => onFail)).toEqual(['usual', 'hold', 'usual', 'usual', 'record']);
  expect(policies[0]?.checks.map(({ survives }) => survives)).toEqual([true, true, false, true, true]);
  expect(policies[2]?.checks[0]).toMatchObject({
    onFail: 'hold',
    ask: { labels: { severity: 'critical', service: 'app' } },
  });
});

test('so is the rule, and the page names every stage and placeholder', async () => {
  const rule = /^ {4}(load_errors:.*)$/m.exec(page)?.[1] ?? '';
  expect(await parseRules(rule, { file: 'checks.md', noCritical: 'accepted' })).toMatchObject({ ok: true });
  for (const word of [...checkStages, ...placeholders.map((name) => `{${name}}`)]) expect(page).toContain(word);
});
