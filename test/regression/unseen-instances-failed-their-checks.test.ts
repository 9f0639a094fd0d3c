/** While the workload could not be observed, checks of `{canary}` failed: a release that went well was taken back. */
import { expect, it } from 'vitest';
import { askHttp } from '../../src/checks/http-ask.ts';
import { makeLoad } from '../../src/checks/http-load.ts';
import { LoadCounters } from '../../src/checks/load-counters.ts';
import { questionsOf } from '../../src/checks/questions.ts';
import type { CheckDemand } from '../../src/release/check-demand.ts';
import type { HttpAskSpec } from '../../src/release/check-spec.ts';
import type { WorkloadState } from '../../src/workload/workload.ts';
import { bakingRelease } from '../support/sample-release.ts';

const health: CheckDemand = {
  ...{ name: 'health', kind: 'health', stages: [], onFail: 'usual', everyMs: 30_000, failures: 1 },
  ...{ survives: false, isGate: false, overrideBy: [] },
};
const http: HttpAskSpec = {
  ...{ kind: 'http', url: '{canary}/healthz', method: 'GET', status: [200], body: null, withinMs: null, retries: 0 },
  ...{ timeoutMs: 1_000, headers: {}, server: null, key: null, event: 'none' },
};
const load = { kind: 'load', path: '/', perSecond: 1, forMs: 1, timeoutMs: 1_000, headers: {}, maxFailed: 0 } as const;
const nobodyReady: WorkloadState = { observedAtMs: 0, revisions: [], serving: { stable: 'v1.8.2', canary: null } };

it.each([
  ['could not be looked at', null, 'pending', 'can not be looked at now'],
  ['are not ready', nobodyReady, 'failed', 'no instance is ready'],
] as const)('instances that %s', async (_what, workload, outcome, message) => {
  const release = bakingRelease({ checks: [{ demand: health, runs: [] }] });
  const now = { nowMs: release.updatedAtMs, namespace: 'default', workload, canary: 'ready' } as const;
  const question = questionsOf(release, now)[0]?.question;
  if (question === undefined) throw new Error('nothing was asked');
  const { signal } = new AbortController();
  const said = { outcome, message: expect.stringContaining(message) };
  const readKey = () => Promise.reject(new Error('no key is needed'));
  expect(await askHttp(http, question, { signal, readKey })).toMatchObject(said);
  expect(await makeLoad(load, question, { signal, counters: new LoadCounters() })).toMatchObject(said);
});
