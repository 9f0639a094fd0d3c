import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { getJson, postJson, testServer } from '../support/http-server.ts';
import { MemoryReviewer } from '../support/memory-reviewer.ts';
import { bakingRelease } from '../support/sample-release.ts';

const releases = '/api/v1/releases';
const order = { revision: 'v1.9.0', reason: 'x' };
const reading = ['list releases', 'list releasepolicies'];

const opened = async (options: Parameters<typeof testServer>[0] = {}) => {
  const reviewer = new MemoryReviewer();
  const server = await testServer({ reviewer, ...options });
  await server.controls.put(bakingRelease());
  const release = async () => {
    const read = await server.controls.release('app-3f2a');
    if (!read.ok || read.value === null) throw new Error('no release');
    return read.value;
  };
  return { ...server, reviewer, release };
};

describe('where a reviewer knows who may do what,', () => {
  it('the server listens to other machines without a token of its own', async () => {
    const { url } = await opened({ host: '0.0.0.0' });
    expect((await getJson(`${url}${releases}`)).status).toBe(401);
  });

  it('a stranger is refused, and the probes and the page are open', async () => {
    const { url } = await opened();
    for (const path of [releases, '/api/v1/me', '/metrics', '/api/v1/events', '/api/v1/openapi.json'])
      expect((await getJson(url + path)).status).toBe(401);
    const refused = await getJson(url + releases, { authorization: 'Bearer made-up' });
    expect(refused).toMatchObject({ status: 401, body: { reason: 'Unauthorized' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    for (const path of ['/livez', '/readyz', '/']) expect((await fetch(url + path)).status).toBe(200);
  });

  it('the metrics are open where that is wanted, and nothing else is', async () => {
    const { url } = await opened({ openMetrics: true });
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    expect((await fetch(`${url}${releases}`)).status).toBe(401);
  });

  it('a body that is too large is refused before anybody is asked whose token it is', async () => {
    const { url, reviewer } = await opened();
    const answer = await postJson(`${url}${releases}/app/abort`, { reason: 'x'.repeat(70_000) });
    expect(answer.status).toBe(413);
    expect(reviewer.asked).toEqual([]);
  });

  it('each read is a right, and the answer names the one that is missing', async () => {
    const { url, reviewer } = await opened();
    const bob = reviewer.grant('bob', []);
    const missing: Readonly<Record<string, string>> = {
      [releases]: 'bob lacks list releases',
      [`${releases}/app-3f2a`]: 'bob lacks get releases/app-3f2a',
      [`${releases}/app-3f2a/log`]: 'bob lacks get releases/app-3f2a',
      [`${releases}/app-3f2a/chart`]: 'bob lacks get releases/app-3f2a',
      [`${releases}/app-3f2a/recording`]: 'bob lacks get releases/app-3f2a',
      [`${releases}/app-3f2a/queries`]: 'bob lacks get releases/app-3f2a',
      '/api/v1/policies': 'bob lacks list releasepolicies',
      '/api/v1/policies/app/rules': 'bob lacks get releasepolicies/app',
      '/api/v1/policies/app/history': 'bob lacks',
      '/api/v1/events': 'bob lacks watch releases',
      '/metrics': 'bob lacks get /metrics',
    };
    for (const [path, message] of Object.entries(missing)) {
      const answer = await getJson(url + path, bob);
      expect(answer, path).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
      expect(answer.body.message, path).toContain(message);
    }
  });

  it('one release can be read alone', async () => {
    const { url, reviewer } = await opened();
    const eve = reviewer.grant('eve', ['get releases/app-3f2a', 'get releasepolicies/app']);
    expect((await getJson(`${url}${releases}/app-3f2a`, eve)).status).toBe(200);
    expect((await getJson(`${url}${releases}`, eve)).status).toBe(403);
  });

  it.each(['pause', 'abort', 'promote', 'resume', 'retry', 'answer', 'override', 'approve'])(
    'to %s is a right of its own, on the policy',
    async (action) => {
      const { url, reviewer, release } = await opened();
      const bob = reviewer.grant('bob', reading);
      const before = await release();
      const names = { override: { gate: 'tests' }, approve: { approval: 'security' } }[action] ?? {};
      const refused = await postJson(`${url}${releases}/app/${action}`, { ...order, ...names }, bob);
      expect(refused).toMatchObject({ status: 403, body: { message: `bob lacks ${action} releasepolicies/app` } });
      expect(await release()).toEqual(before);
    },
  );

  it('an order is recorded under the name that the reviewer knows, whatever the body says', async () => {
    const { url, reviewer, release } = await opened();
    const ada = reviewer.grant('ada', [...reading, 'pause releasepolicies/app']);
    const paused = await postJson(`${url}${releases}/app/pause`, { ...order, who: 'root' }, ada);
    expect(paused.status).toBe(200);
    expect((await release()).pauses).toMatchObject([{ who: 'ada' }]);
  });

  it('to begin a release, and to attest a result, are rights on the policy', async () => {
    const { url, controls, reviewer } = await opened();
    const bob = reviewer.grant('bob', reading);
    const start = { policy: 'app', revision: 'v2', spec: { command: ['x'] } };
    expect(await postJson(url + releases, start, bob)).toMatchObject({
      status: 403,
      body: { message: 'bob lacks start releasepolicies/app' },
    });
    expect(controls.starts).toEqual([]);
    const attest = { revision: 'v2', name: 'tests', outcome: 'pass' };
    expect(await postJson(`${url}/api/v1/policies/app/attest`, attest, bob)).toMatchObject({
      status: 403,
      body: { message: 'bob lacks attest releasepolicies/app' },
    });
    const ci = reviewer.grant('ci', ['attest releasepolicies/app'], ['robots']);
    expect(await postJson(`${url}/api/v1/policies/app/attest`, attest, ci)).toMatchObject({
      status: 200,
      body: { who: 'ci', caller: 'ci', groups: ['robots'] },
    });
  });

  it('nobody is let in while the reviewer does not answer', async () => {
    const { url, reviewer, release } = await opened();
    const ada = reviewer.grant('ada', [...reading, 'pause releasepolicies/app']);
    reviewer.isDown = true;
    const refused = await postJson(`${url}${releases}/app/pause`, order, ada);
    expect(refused).toMatchObject({ status: 503, body: { reason: 'Unavailable', message: 'nobody could be asked' } });
    expect((await release()).pauses).toEqual([]);
    reviewer.isDown = false;
    expect((await postJson(`${url}${releases}/app/pause`, order, ada)).status).toBe(200);
  });

  it('whoever asks is told who they are, and whether any order is theirs to give', async () => {
    const { url, reviewer } = await opened();
    const bob = reviewer.grant('bob', reading, ['dev']);
    expect((await getJson(`${url}/api/v1/me`, bob)).body).toEqual({
      who: 'bob',
      groups: ['dev'],
      rights: ['read'],
      why: expect.stringContaining('bob lacks'),
    });
    const ada = reviewer.grant('ada', ['list releases', 'abort releasepolicies/app']);
    expect((await getJson(`${url}/api/v1/me`, ada)).body).toMatchObject({ rights: ['read', 'act'], why: null });
  });

  it('a stream ends after a while, so that its reader shows anew who they are', async () => {
    const { url, reviewer } = await opened({ limits: { streamMs: 50 } });
    const eve = reviewer.grant('eve', ['watch releases']);
    const stream = await fetch(`${url}/api/v1/events`, { headers: eve });
    expect(stream.status).toBe(200);
    let isOver = false;
    void stream.text().then(() => {
      isOver = true;
    });
    await eventually(() => isOver);
  });
});
