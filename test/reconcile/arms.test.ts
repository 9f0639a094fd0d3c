/** Which series are whose, by the label templates of a policy. */
import { describe, expect, it } from 'vitest';
import { armsFor } from '../../src/metrics/matching.ts';
import { armsOf } from '../../src/reconcile/arms.ts';
import { aRevision, aWorkload } from '../support/a-world.ts';

const revisions = { canary: 'v2', stable: 'v1' };

describe('labels by instance', () => {
  it('name every instance of an arm, host and port', () => {
    const { canary, stable } = armsOf({ instance: '$instance' }, aWorkload(), revisions);
    expect(canary).toEqual({ instance: ['v2-0.invalid:80'] });
    expect(stable['instance']).toHaveLength(4);
  });

  it('match nothing while an arm has no instance', () => {
    const workload = aWorkload({ revisions: [aRevision('v1', 4)] });
    expect(armsOf({ instance: '$instance' }, workload, revisions).canary).toEqual({ instance: [] });
  });

  it('match nothing for a stable that there is not yet', () => {
    const arms = armsOf({ instance: '$instance' }, aWorkload(), { canary: 'v2', stable: null });
    expect(arms.stable).toEqual({ instance: [] });
  });
});

describe('labels by revision and by backend', () => {
  const templates = { version: '$revision', pod: 'app-$backend-.*', job: 'app' };

  it('are filled, what is fixed stays', () => {
    const { canary, stable } = armsOf(templates, aWorkload(), revisions);
    expect(canary).toEqual({ version: ['v2'], pod: ['app-canary-.*'], job: ['app'] });
    expect(stable).toEqual({ version: ['v1'], pod: ['app-stable-.*'], job: ['app'] });
  });

  it('know what lasts: neither instances nor revisions, but both backends and what is fixed', () => {
    const arms = armsOf(templates, aWorkload(), revisions);
    expect(arms.lasting).toEqual({ pod: ['app-canary-.*', 'app-stable-.*'], job: ['app'] });
    expect(armsOf({ instance: '$instance' }, aWorkload(), revisions).lasting).toEqual({});
    expect(arms.own?.map(({ lasting }) => lasting)).toEqual([{}, {}, {}]);
  });

  it('follow the new revision to stable’s backend when it is promoted', () => {
    const workload = aWorkload({ serving: { stable: 'v2', canary: null } });
    const { canary, stable } = armsOf(templates, workload, revisions);
    expect(canary['pod']).toEqual(['app-stable-.*']);
    expect(stable['pod']).toEqual([]);
  });
});

it('the proxy’s and the host’s own series have labels of their own, whatever the policy says', () => {
  const { own } = armsOf({ version: '$revision' }, aWorkload(), revisions);
  expect(own?.map(({ prefix }) => prefix)).toEqual(['sluice_host_', 'sluice_load_', 'sluice_proxy_']);
  expect(own?.every(({ canary }) => Object.values(canary).flat().length > 0)).toBe(true);
});

it('a load balancer that splits the traffic tells the versions by its own servers, whatever the labels of others', () => {
  const servers = { stable: ['s1', 's2'], canary: ['c1'] };
  const own = [{ prefix: 'haproxy_server_', labels: { proxy: 'app', server: servers } }];
  const arms = armsOf({ instance: '$instance' }, aWorkload(), { ...revisions, own });
  const { canary, stable } = armsFor(arms, 'haproxy_server_http_responses_total');
  expect(canary).toEqual({ proxy: ['app'], server: ['c1'] });
  expect(stable).toEqual({ proxy: ['app'], server: ['s1', 's2'] });
  expect(armsFor(arms, 'http_requests_total').canary).toEqual(arms.canary);
});
