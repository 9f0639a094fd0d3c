import { describe, expect, it } from 'vitest';
import { KubernetesReviewer } from '../../src/server/kubernetes-reviewer.ts';
import type { Right } from '../../src/server/reviewer.ts';
import { aStatus, type KubeCall, startKubeServer } from '../support/kube-server.ts';

const ada = { name: 'ada', groups: ['sre'] };
const abort: Right = { kind: 'object', verb: 'abort', resource: 'releasepolicies', name: 'app' };

const tokens = (status: object) => (call: KubeCall) => call.json(201, { kind: 'TokenReview', metadata: {}, status });

const known = { authenticated: true, audiences: ['sluice'], user: { username: 'ada', groups: ['sre'] } };

const opened = async (answer: (call: KubeCall) => void, { audiences = ['sluice'], withinMs = 5_000 } = {}) => {
  const server = await startKubeServer(answer);
  const clock = { nowMs: 0 };
  const client = server.client({ writeWithinMs: withinMs });
  const reviewer = new KubernetesReviewer({ client, namespace: 'shop', audiences, nowMs: () => clock.nowMs });
  return { reviewer, server, clock };
};

describe('a token', () => {
  it('is whose the API server says it is, and is asked for the audience', async () => {
    const { reviewer, server } = await opened(tokens(known));
    expect(await reviewer.identify('abc')).toEqual({ ok: true, value: ada });
    expect(server.calls[0]?.path).toBe('/apis/authentication.k8s.io/v1/tokenreviews');
    expect(JSON.parse(server.calls[0]?.body ?? '')).toMatchObject({ spec: { token: 'abc', audiences: ['sluice'] } });
  });

  it('is asked for once while it is believed, by many at once as by one', async () => {
    const { reviewer, server, clock } = await opened(tokens(known));
    await Promise.all([reviewer.identify('abc'), reviewer.identify('abc'), reviewer.identify('abc')]);
    clock.nowMs = 9_999;
    await reviewer.identify('abc');
    expect(server.calls).toHaveLength(1);
    clock.nowMs = 10_001;
    await reviewer.identify('abc');
    expect(server.calls).toHaveLength(2);
  });

  it.each([
    ['is expired or made up', { authenticated: false, error: 'token expired' }],
    ['is made for somebody else', { ...known, audiences: ['https://kubernetes.default.svc'] }],
    ['is known to a server that knows no audiences', { authenticated: true, user: { username: 'ada' } }],
    ['is nobody’s', { authenticated: true, audiences: ['sluice'], user: { username: '' } }],
    ['is nobody’s at all', { authenticated: true, audiences: ['sluice'] }],
  ])('that %s is refused', async (_why, status) => {
    const { reviewer } = await opened(tokens(status));
    const refused = await reviewer.identify('abc');
    expect(refused).toMatchObject({ ok: false, error: { reason: 'Unauthorized' } });
    expect(!refused.ok && refused.error.message).toContain('audience sluice');
  });

  it.each(['', 'x'.repeat(9_000)])('that can be none is not asked for', async (token) => {
    const { reviewer, server } = await opened(tokens(known));
    expect(await reviewer.identify(token)).toMatchObject({ ok: false, error: { reason: 'Unauthorized' } });
    expect(server.calls).toEqual([]);
  });

  it.each([
    ['fails', (call: KubeCall) => call.json(500, aStatus(500, 'InternalError', 'etcd is away'))],
    ['answers garbage', (call: KubeCall) => void call.response.end('<html>')],
    ['answers something else', (call: KubeCall) => call.json(201, { kind: 'TokenReview', status: 'yes' })],
    ['cuts the connection', (call: KubeCall) => void call.response.destroy()],
    ['never answers', () => {}],
  ])('can not be told where the API server %s, and is asked for again', async (_what, answer) => {
    let isWell = false;
    const { reviewer } = await opened((call) => (isWell ? tokens(known)(call) : answer(call)), { withinMs: 300 });
    const refused = await reviewer.identify('abc');
    expect(refused).toMatchObject({ ok: false, error: { reason: 'Unavailable', retryable: true } });
    expect(!refused.ok && refused.error.message).toContain('the API server could not be asked whose token this is');
    isWell = true;
    expect(await reviewer.identify('abc')).toMatchObject({ ok: true });
  });

  it('can not be told where nobody may ask, and the answer says what to bind', async () => {
    const { reviewer } = await opened((call) => call.json(403, aStatus(403, 'Forbidden', 'no')));
    const refused = await reviewer.identify('abc');
    expect(!refused.ok && refused.error.message).toContain('system:auth-delegator');
  });

  it('of many strangers waits for no more answers than a few', async () => {
    const { reviewer, server } = await opened(() => {}, { withinMs: 300 });
    const asked = Array.from({ length: 100 }, (_, index) => reviewer.identify(`stranger-${index}`));
    const all = await Promise.all(asked);
    expect(all.every((each) => !each.ok && each.error.reason === 'Unavailable')).toBe(true);
    expect(all.filter((each) => !each.ok && each.error.message.includes('too many wait'))).toHaveLength(84);
    expect(server.calls.length).toBeLessThanOrEqual(16);
  });
});

describe('a right', () => {
  const answers = (status: { readonly allowed: boolean }) => (call: KubeCall) =>
    call.json(201, { metadata: {}, status });

  it('is what the API server grants, asked for with the groups, in the namespace', async () => {
    const { reviewer, server } = await opened(answers({ allowed: true }));
    expect(await reviewer.objection(ada, abort)).toBeNull();
    expect(server.calls[0]?.path).toBe('/apis/authorization.k8s.io/v1/subjectaccessreviews');
    const attributes = {
      namespace: 'shop',
      group: 'sluice.dev',
      verb: 'abort',
      resource: 'releasepolicies',
      name: 'app',
    };
    expect(JSON.parse(server.calls[0]?.body ?? '')).toMatchObject({
      spec: { user: 'ada', groups: ['sre'], resourceAttributes: attributes },
    });
  });

  it('that is missing is named', async () => {
    const { reviewer } = await opened(answers({ allowed: false }));
    expect(await reviewer.objection(ada, abort)).toMatchObject({
      reason: 'Forbidden',
      message: 'ada lacks verb "abort" on releasepolicies.sluice.dev "app" in namespace shop: a Role has to grant it',
    });
    expect(await reviewer.objection(ada, { kind: 'path', verb: 'get', path: '/metrics' })).toMatchObject({
      message: 'ada lacks verb "get" on the path /metrics: a Role has to grant it',
    });
  });

  it('of one is none of another', async () => {
    const { reviewer } = await opened((call) =>
      call.json(201, { metadata: {}, status: { allowed: call.body.includes('"user":"ada"') } }),
    );
    expect(await reviewer.objection(ada, abort)).toBeNull();
    expect(await reviewer.objection({ ...ada, name: 'bob' }, abort)).toMatchObject({ reason: 'Forbidden' });
  });

  it('that nobody could tell of is none', async () => {
    const { reviewer } = await opened((call) => call.json(201, { metadata: {}, status: {} }));
    expect(await reviewer.objection(ada, abort)).toMatchObject({ reason: 'Unavailable' });
  });
});
