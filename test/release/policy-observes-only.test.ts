import { expect, it } from 'vitest';
import { clusterPolicy } from '../../src/release/policy-cluster-parse.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';

const settings = {
  sources: { main: { prometheus: { url: 'http://127.0.0.1:9' } } },
  hooks: { ci: { url: 'http://127.0.0.1:9' } },
  notify: { team: { webhook: { url: 'http://127.0.0.1:9' } } },
};

const read = (words: object) =>
  clusterPolicy({ name: 'app', namespace: 'shop', spec: { ...aClusterSpec, ...words } }, settings);

it.each([
  { checks: [{ name: 'smoke', http: { to: 'ci' }, at: ['beforeTraffic'] }] },
  { gates: [{ name: 'audit', http: { to: 'ci' } }] },
  { gates: [{ name: 'audit', job: { cronJob: 'audit' } }] },
])('what only observes asks no hook and makes no Job: %j', (words) => {
  expect(read(words)).toMatchObject({ ok: true });
  expect(read({ ...words, mode: 'observe' })).toMatchObject({
    error: [{ message: 'mode observe changes nothing and calls no hook; only health and alertmanager are asked' }],
  });
});
