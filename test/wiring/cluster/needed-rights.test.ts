/** Rights that are asked for before a policy is taken over: none that nothing uses, and each that the shipped Role has for it. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { CheckSpec } from '../../../src/release/check-spec.ts';
import type { ClusterBackup } from '../../../src/release/policy-backup.ts';
import { neededRights } from '../../../src/wiring/cluster/needed-rights.ts';

interface Role {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules: readonly Record<'apiGroups' | 'resources' | 'verbs', readonly string[]>[];
}

const traffic = { istio: { virtualService: 'app', services: { stable: 'app-stable', canary: 'app-canary' } } };

const job = { ask: { kind: 'job', cronJob: 'smoke', timeoutMs: 60_000, retries: 0 } } as unknown as CheckSpec;

const words = (
  checks: readonly CheckSpec[],
  backup: ClusterBackup | null = null,
  mode: 'enforce' | 'observe' = 'enforce',
): readonly string[] =>
  neededRights({ backup, checks, mode, traffic }).map(({ group, resource, verb }) => `${verb} ${resource} of ${group}`);

it('a policy whose checks run Jobs needs what runs them', () => {
  const more = words([job]).filter((right) => !words([]).includes(right));
  const jobs = ['get', 'create', 'delete'].map((verb) => `${verb} jobs of batch`);
  expect(more).toEqual(['get cronjobs of batch', ...jobs, 'get pods/log of ']);
  const hook = { kind: 'job', cronJob: 'dump', timeoutMs: 60_000, retries: 0 } as const;
  expect(words([], { secrets: 'excluded', overrideBy: [], hook })).toEqual(words([job]));
  expect(words([])).toContain('watch namespaces of ');
});

it('a policy that only observes changes nothing but its own objects, and what they are kept in', () => {
  const writes = words([], null, 'observe').filter((right) => !/^(get|list|watch) /.test(right));
  const own = writes.filter((right) => right.endsWith(' of sluice.dev'));
  expect(own).not.toContain('patch releasepolicies of sluice.dev');
  expect(own).toContain('patch releasepolicies/status of sluice.dev');
  const kept = ['create', 'update', 'patch', 'delete'].map((verb) => `${verb} configmaps of `);
  expect(writes.filter((right) => !own.includes(right))).toEqual([...kept, 'create events of ']);
  expect(words([], null, 'observe')).toContain('watch virtualservices of networking.istio.io');
});

it('the shipped Role has all of them', async () => {
  const documents = parseAllDocuments(await readFile('deploy/install/istio.yaml', 'utf8'));
  const role = documents
    .map((each) => each.toJS() as Role | null)
    .find((each) => each?.kind === 'Role' && each.metadata.namespace === 'shop');
  const granted = (role?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource} of ${group}`)),
    ),
  );
  expect(words([job]).filter((right) => !granted.includes(right))).toEqual([]);
});
