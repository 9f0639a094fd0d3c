/** The page about HAProxy: its policy is one, and names what its haproxy.cfg has. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';

const read = (name: string): string => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');

const specOf = (page: string): string => {
  const lines = page.split('\n');
  const begin = lines.indexOf('    spec:');
  const end = lines.findIndex((line, at) => at > begin && line === '');
  return lines
    .slice(begin, end)
    .map((line) => line.slice(4))
    .join('\n');
};

test('the policy on the page is right, and names the backend and servers of the sample configuration', async () => {
  const head = 'apiVersion: sluice.dev/v1alpha1\nkind: ReleasePolicy\nmetadata: { name: app }\n';
  const policy = await parsePolicy(`${head}${specOf(read('haproxy.md'))}\n`, '/etc/sluice/app.yaml');
  if (!policy.ok) throw new Error(policy.error.map(formatFileError).join('\n'));
  const { traffic } = policy.value;
  if (traffic.kind !== 'haproxy') throw new Error('the page shows another router');
  const sample = read('haproxy.cfg');
  expect(sample).toContain(`stats socket ${traffic.endpoints[0] ?? ''} `);
  expect(sample).toMatch(new RegExp(`^backend ${traffic.backend}$`, 'm'));
  const servers = [...sample.matchAll(/^ +server (\S+)/gm)].map(([, name]) => name);
  expect(servers).toEqual([...traffic.servers.stable, ...traffic.servers.canary]);
});
