/** The page about backups: its policies are right, and its commands are commands with the options they have. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { splitWords } from '../../src/cli/split-words.ts';
import { clusterPolicy } from '../../src/release/policy-cluster-parse.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';
import { policyOf } from '../support/policy-of.ts';

const page = readFileSync(new URL('../../deploy/backup.md', import.meta.url), 'utf8');

const sources = { direct: { scrape: {} } };
const url = 'http://127.0.0.1:9093';

const specs = [...page.matchAll(/^ {4}spec:\n(?: {6}.*\n)+/gm)].map(
  ([text]) => (parse(text) as { readonly spec: Record<string, unknown> }).spec,
);

test('the policies on the page are right', async () => {
  const [files, hooked, objects, looked, rollback] = specs;
  const asked = { ...files, ...looked, gates: [], sources: { ...sources, alerts: { alertmanager: { url } } } };
  const all = await Promise.all([files, hooked, asked, rollback].map((spec) => policyOf(spec ?? {})));
  const [kept, withHook, restored, guarded] = all;
  const inCluster = clusterPolicy(
    { name: 'app', namespace: 'shop', spec: { ...aClusterSpec, metrics: { source: 'main' }, notify: [], ...objects } },
    { sources: { main: { scrape: {} } } },
  );
  expect(inCluster).toMatchObject({ value: { backup: { secrets: 'included', overrideBy: [] } } });
  expect(kept?.backup).toMatchObject({ maxBytes: 500e6, overrideBy: ['eve'] });
  expect(kept?.backup?.paths[0]).toBe('/etc/app');
  expect(kept?.gates).toEqual([{ kind: 'backup', name: 'backup', overrideBy: [], maxAgeMs: 86_400_000 }]);
  expect(withHook?.backup?.hook).toMatchObject({
    url: 'https://backups.example/orders',
    method: 'POST',
    timeoutMs: 300_000,
  });
  expect(restored?.checks.map(({ name, stages }) => [name, stages])).toEqual([
    ['no-alert', []],
    ['orders', ['onRestore']],
  ]);
  expect(guarded?.plan.rollbackBy).toEqual(['eve']);
});

test('its commands are commands', () => {
  const lines = [...page.matchAll(/^ {4}sluice (.*)$/gm)].map(([, line = '']) => line);
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    const words = splitWords(line);
    const [name = '', ...rest] = words.ok ? words.value : [];
    const command = createProgram().commands.find((each) => each.name() === name);
    const known = command?.options.map(({ long }) => long) ?? [];
    const own = rest.slice(0, rest.indexOf('--') < 0 ? rest.length : rest.indexOf('--'));
    for (const option of own.filter((word) => word.startsWith('--'))) expect(known, line).toContain(option);
  }
});
