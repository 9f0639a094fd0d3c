/** The page about checks: its policies and its rule are right, and it names every stage. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { jobOf } from '../../src/checks/job-object-kubernetes.ts';
import { kubeObject } from '../../src/kube/object.ts';
import { checkStages } from '../../src/release/check-demand.ts';
import { clusterPolicy } from '../../src/release/policy-cluster-parse.ts';
import { parseClusterSettings } from '../../src/release/policy-cluster-settings.ts';
import { placeholders } from '../../src/release/policy-hook.ts';
import { parseRules } from '../../src/rules/rule-file.ts';
import { aQuestion } from '../support/a-question.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';
import { policyOf } from '../support/policy-of.ts';

const page = readFileSync(new URL('../../deploy/checks.md', import.meta.url), 'utf8');

/** Each `spec:` on the page, besides objects of a cluster. */
const specs = [...page.replace(/```yaml\n[^`]*```/g, '').matchAll(/^ {4}spec:\n(?: {6}.*\n)+/gm)].map(
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

/** The block that begins with that line. */
const block = (head: string): string => page.split(`\`\`\`yaml\n# ${head}\n`)[1]?.split('```')[0] ?? '';

test('the settings, the checks of a cluster and the CronJob on the page are right', async () => {
  const settings = await parseClusterSettings(block('settings.yaml'), 'settings.yaml');
  if (!settings.ok) throw new Error(JSON.stringify(settings.error));
  const given = parse(block('checks of a ReleasePolicy')) as object;
  const { notify: _notify, ...spec } = aClusterSpec;
  const policy = clusterPolicy({ name: 'app', namespace: 'shop', spec: { ...spec, ...given } }, settings.value);
  if (!policy.ok) throw new Error(JSON.stringify(policy.error));
  expect(policy.value.checks.map(({ ask, kind, name }) => [name, kind, ask.kind === 'http' ? ask.url : ''])).toEqual([
    ['on-call', 'http', 'https://ci.example/hooks/on-call'],
    ['ready', 'http', '{canary}/readyz'],
    ['journeys', 'http', 'https://ci.example/hooks/journeys?revision={revision}'],
    ['health', 'health', '{stable}/healthz'],
    ['no-alert', 'alertmanager', ''],
    ['smoke', 'job', ''],
  ]);
  const cronJob = kubeObject.parse(
    Object.assign(parse(block('smoke.yaml')) as { metadata: object }, {
      metadata: { name: 'smoke', uid: '1', resourceVersion: '1' },
    }),
  );
  const spec1 = { kind: 'job', cronJob: 'smoke', timeoutMs: 300_000, retries: 0 } as const;
  const job = jobOf(cronJob, { question: aQuestion(), spec: spec1, ownerUid: 'u' });
  if (!job.ok) throw new Error(job.error);
  for (const [, name = ''] of JSON.stringify(job.value).matchAll(/"name":"(SLUICE_\w+)"/g))
    expect(page).toContain(name);
});
