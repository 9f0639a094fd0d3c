import { describe, expect, it } from 'vitest';
import { type Gathering, gather } from '../../src/gate/gather.ts';
import type { RouteState } from '../../src/router/router.ts';
import type { Instance, RevisionState, WorkloadState } from '../../src/workload/workload.ts';
import { aVerdict, inPhase, phases, startMs } from '../support/a-release.ts';

const instance = (state: Instance['state'], restarts = 0): Instance => ({
  id: 'i',
  url: 'http://127.0.0.1:1',
  pid: null,
  cwd: null,
  state,
  restarts,
  message: '',
});

const revision = (name: string, instances: readonly Instance[]): RevisionState => ({
  revision: name,
  wanted: instances.length,
  instances,
  failure: null,
});

const workloadOf = (...revisions: readonly RevisionState[]): WorkloadState => ({
  observedAtMs: startMs,
  revisions,
  serving: { stable: 'v1', canary: 'v2' },
});

const route: RouteState = {
  canary: 25,
  stable: 75,
  version: '7',
  epoch: 1,
  release: 'app-1',
  rolledBack: null,
  startedAtMs: null,
  canaryReady: true,
  stableReady: true,
  since: null,
  canaryInFlight: null,
};

const release = inPhase(phases.baking, { verdicts: [aVerdict()] });
const stable = revision('v1', [instance('ready'), instance('ready'), instance('ready'), instance('ready')]);
const gathered = (given: Partial<Gathering>) =>
  gather(release, {
    nowMs: startMs + 1,
    route,
    routeProblem: null,
    workload: workloadOf(stable, revision('v2', [instance('ready', 2), instance('starting', 1)])),
    checks: [],
    missingApprovals: [],
    ...given,
  });

describe('what the checks may know', () => {
  it('is what was just read, and the verdicts of this look', () => {
    const checks = [{ name: 'smoke', state: 'pending', message: 'runs', onFail: 'hold' }] as const;
    expect(gathered({ checks, missingApprovals: ['security'] })).toEqual({
      nowMs: startMs + 1,
      release,
      verdicts: [aVerdict()],
      route: { fresh: true, applied: 25, problem: null, writer: null },
      canary: {
        known: true,
        wanted: 1,
        ready: 1,
        enough: true,
        restarts: 3,
        trouble: '',
        failure: null,
        probes: 'pass',
      },
      stable: {
        known: true,
        wanted: 1,
        ready: 4,
        enough: true,
        restarts: 0,
        trouble: '',
        failure: null,
        probes: 'pass',
      },
      checks,
      missingApprovals: ['security'],
    });
  });

  it('a data plane that lacks a part says which', () => {
    const missing = ['haproxy-1 does not answer', 'haproxy-2 does not answer'].map((message) => ({
      ...{ name: message.slice(0, 9), serves: 'unknown', message },
    }));
    const lacking = { ...route, missing } as RouteState;
    expect(gathered({ route: lacking }).route.problem).toBe('haproxy-1 does not answer; haproxy-2 does not answer');
    expect(gathered({ route: { ...route, missing: [] } }).route.problem).toBeNull();
  });

  it('a route that did not answer is not fresh, and says why', () => {
    expect(gathered({ route: null, routeProblem: 'no answer' }).route).toEqual({
      fresh: false,
      applied: null,
      problem: 'no answer',
      writer: null,
    });
  });

  it('nothing is concluded from instances that could not be asked for', () => {
    const unknown = {
      known: false,
      wanted: 0,
      ready: 0,
      enough: false,
      restarts: 0,
      trouble: '',
      failure: null,
      probes: 'gone',
    };
    expect(gathered({ workload: null })).toMatchObject({ canary: unknown, stable: unknown });
  });

  it('needs what the step needs: a quarter of eight is two', () => {
    const eight = revision(
      'v1',
      Array.from({ length: 8 }, () => instance('ready')),
    );
    const workload = workloadOf(eight, revision('v2', [instance('ready'), instance('unready')]));
    expect(gathered({ workload }).canary).toMatchObject({ wanted: 2, ready: 1, enough: false });
  });

  it.each([
    ['gone: none runs', [], 'gone'],
    ['fail: none of them is ready', [instance('unready'), instance('exited')], 'fail'],
    ['pass: one is', [instance('unready'), instance('ready')], 'pass'],
  ] as const)('probes of stable: %s', (_what, instances, probes) => {
    expect(gathered({ workload: workloadOf(revision('v1', instances)) }).stable.probes).toBe(probes);
  });

  it('a revision that is not there has nothing; one that failed for good says so', () => {
    expect(gathered({ workload: workloadOf(stable) }).canary).toEqual({
      known: true,
      wanted: 1,
      ready: 0,
      enough: false,
      restarts: 0,
      trouble: '',
      failure: null,
      probes: 'gone',
    });
    const failure = { reason: 'CrashLoop', message: 'it exits with 1' };
    expect(gathered({ workload: workloadOf(stable, { ...revision('v2', []), failure }) }).canary.failure).toBe(failure);
  });
});
