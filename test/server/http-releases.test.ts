import { describe, expect, it } from 'vitest';
import { demanded } from '../../src/release/approval.ts';
import { getJson, postJson, testServer } from '../support/http-server.ts';
import { span } from '../support/journal-spans.ts';
import type { MemoryControls } from '../support/memory-controls.ts';
import { bakingRelease, sampleRelease, startedAtMs } from '../support/sample-release.ts';

const releases = '/api/v1/releases';
const pause = { revision: 'v1.9.0', reason: 'lunch', who: 'ann' };

describe('releases', () => {
  it('are listed, and shown by id, by a beginning, and by policy', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const list = await getJson(url + releases);
    expect(list.body).toMatchObject({ releases: [{ id: 'app-3f2a' }] });
    for (const name of ['app-3f2a', 'app-3', 'app']) {
      const { status, body } = await getJson(`${url}${releases}/${name}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: 'app-3f2a', step: 2, instances: { canary: { ready: 5 } } });
    }
  });

  it('say what is near when there is none of that name', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const { status, body } = await getJson(`${url}${releases}/ap`);
    expect(status).toBe(200);
    expect(body.id).toBe('app-3f2a');
    expect(await getJson(`${url}${releases}/appp`)).toMatchObject({
      status: 404,
      body: {
        reason: 'NotFound',
        message: 'no release or policy "appp"; did you mean "app"? `sluice list` shows them all',
      },
    });
  });

  it('have a log that can be read on from where one was', async () => {
    const { url, controls } = await testServer();
    const entry = (reason: string) => ({ atMs: 1, kind: 'event', reason, message: '', data: {} }) as const;
    await controls.put(bakingRelease(), [entry('A'), entry('B')]);
    const first = await getJson(`${url}${releases}/app/log`);
    expect(first.body).toMatchObject({ release: 'app-3f2a', next: 2, entries: [{ reason: 'A' }, { reason: 'B' }] });
    await controls.put(bakingRelease(), [entry('C')]);
    expect((await getJson(`${url}${releases}/app/log?after=2`)).body).toMatchObject({
      next: 3,
      entries: [{ reason: 'C' }],
    });
  });

  it('have a recording: what each look read, and how it was begun, while it runs and after it ended', async () => {
    const { url, controls } = await testServer();
    const release = await controls.put(bakingRelease(), [
      { atMs: 1, kind: 'event', reason: 'A', message: '', data: {} },
    ]);
    expect((await getJson(`${url}${releases}/app/recording`)).body).toMatchObject({ spans: [], cut: false });
    for (const n of [1, 2]) await controls.store.note(release.id, span(n));
    const { status, body } = await getJson(`${url}${releases}/app/recording`);
    const { compression, plan, rules, startedAtMs: began } = release;
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'app-3f2a', plan, compression, startedAtMs: began, spans: [span(1), span(2)] });
    expect(body).toMatchObject({ rules: { hash: rules.hash }, phase: { phase: 'baking' }, log: [{ reason: 'A' }] });
    expect(Object.keys(body)).not.toContain('evidence');
    expect(await getJson(`${url}${releases}/appp/recording`)).toMatchObject({ status: 404 });
  });

  it('are started with a command or with endpoints', async () => {
    const { url, controls } = await testServer();
    const spec = { command: ['node', 'server.js'], env: { A: '1' }, replicas: 2, health: '/healthz' };
    const { status, body } = await postJson(url + releases, { policy: 'app', revision: 'v2', spec, who: 'ann' });
    expect({ status, id: body.id, by: body.times.startedBy }).toEqual({ status: 200, id: 'app-v2', by: 'ann' });
    expect(controls.starts[0]?.spec).toEqual({
      kind: 'command',
      command: ['node', 'server.js'],
      env: { A: '1' },
      cwd: null,
      healthPath: '/healthz',
      replicas: 2,
    });
    const endpoints = { policy: 'app', revision: 'v3', spec: { endpoints: ['http://127.0.0.1:8080'] } };
    expect((await postJson(url + releases, endpoints)).status).toBe(200);
  });

  it.each([
    [
      { policy: 'app', revision: 'v2', spec: { health: '/' } },
      'spec has neither command nor endpoints nor hosts; it needs one of them',
    ],
    [{ policy: 'app', revision: 'v 2', spec: { endpoints: ['http://a:1'] } }, 'is no revision name'],
    [{ policy: 'app', revision: 'v2', spec: { endpoints: ['http://a:1'] }, reson: 'x' }, 'did you mean "reason"?'],
    [{ policy: 'app', revision: 'v2', spec: { command: ['x'], cwd: 'here' } }, 'cwd is not an absolute path'],
    [{ revision: 'v2', spec: { command: ['x'] } }, 'policy is missing'],
  ])('are not started by %o', async (body, message) => {
    const { url, controls } = await testServer();
    const answer = await postJson(url + releases, body);
    expect(answer).toMatchObject({ status: 400, body: { reason: 'Invalid' } });
    expect(answer.body.message).toContain(message);
    expect(controls.starts).toEqual([]);
  });

  it('are not started under a policy that nobody runs', async () => {
    const { url } = await testServer();
    const body = { policy: 'shop', revision: 'v2', spec: { endpoints: ['http://127.0.0.1:8080'] } };
    expect(await postJson(url + releases, body)).toMatchObject({
      status: 404,
      body: { message: 'no policy "shop" runs here' },
    });
  });
});

describe('orders', () => {
  it('have the effect of one when given twice', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    for (const _ of [1, 2]) {
      const { status, body } = await postJson(`${url}${releases}/app/pause`, pause);
      expect(status).toBe(200);
      expect(body.pauses).toEqual([{ by: 'person', who: 'ann', reason: 'lunch', sinceMs: startedAtMs }]);
    }
    const log = await controls.log('app-3f2a');
    expect(log.ok && log.value.map(({ reason }) => reason)).toEqual(['Paused']);
  });

  it('for another revision do nothing', async () => {
    const { url, controls } = await testServer();
    const before = await controls.put(bakingRelease());
    const answer = await postJson(`${url}${releases}/app/abort`, { ...pause, revision: 'v1.8.9' });
    expect(answer).toMatchObject({ status: 409, body: { reason: 'RevisionMismatch' } });
    expect(answer.body.message).toContain('delivers revision v1.9.0, not v1.8.9');
    const after = await controls.release('app-3f2a');
    expect(after.ok && after.value).toEqual(before);
  });

  it('to promote know full, and the step that is meant', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const late = await postJson(`${url}${releases}/app/promote`, { revision: 'v1.9.0', step: 1 });
    expect({ status: late.status, promote: late.body.orders.promote }).toEqual({ status: 200, promote: null });
    const step = await postJson(`${url}${releases}/app/promote`, { revision: 'v1.9.0', step: 2 });
    expect(step.body.orders).toMatchObject({ promote: { step: 1 }, promoteFull: null });
    const full = await postJson(`${url}${releases}/app/promote`, { revision: 'v1.9.0', full: true, reason: 'hotfix' });
    expect(full.body.orders.promoteFull).toMatchObject({ reason: 'hotfix' });
  });

  it('that the state does not allow say so', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const answer = await postJson(`${url}${releases}/app/answer`, pause);
    expect(answer).toMatchObject({ status: 409, body: { reason: 'NoInvestigation' } });
  });

  it.each([
    ['abort', { revision: 'v1.9.0' }, 'reason is missing'],
    ['abort', { reason: 'x' }, 'revision is missing'],
    ['pause', { ...pause, full: true }, 'unknown word "full"'],
    ['promote', { revision: 'v1.9.0', full: 'yes' }, 'is not true or false'],
  ])('%s %o is refused', async (action, body, message) => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const answer = await postJson(`${url}${releases}/app/${action}`, body);
    expect(answer).toMatchObject({ status: 400, body: { reason: 'Invalid' } });
    expect(answer.body.message).toContain(message);
  });

  it('that do not exist name those that do', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const answer = await postJson(`${url}${releases}/app/explode`, pause);
    expect(answer.status).toBe(404);
    expect(answer.body.message).toContain(
      'it can be told to pause, resume, abort, retry, promote, answer, note, approve, override',
    );
  });

  it('to approve count by whose token came with them, whatever name the body gives', async () => {
    const keys = [
      { token: 'the-token-of-eve-herself', name: 'eve' },
      { token: 'a-token-that-is-nobodys', name: null },
    ];
    const { url, controls } = await testServer({ keys });
    const approvals = demanded([{ name: 'security', by: ['eve'], expiresMs: null }]);
    await controls.put(sampleRelease({ phase: { phase: 'preparing', spentMs: 0 }, approvals }));
    const approve = (key: number, words: object = {}) =>
      postJson(
        `${url}${releases}/app/approve`,
        { revision: 'v1.9.0', approval: 'security', who: 'mallory', ...words },
        { authorization: `Bearer ${keys[key]?.token}` },
      );
    expect(await approve(1)).toMatchObject({ status: 403, body: { reason: 'NotIdentified' } });
    expect(await approve(0, { approval: 'legal' })).toMatchObject({ status: 409, body: { reason: 'UnknownApproval' } });
    expect(await approve(0, { revision: 'v1' })).toMatchObject({ status: 409, body: { reason: 'RevisionMismatch' } });
    const given = await approve(0, { reason: 'read it' });
    expect(given).toMatchObject({
      status: 200,
      body: { checklist: [{ kind: 'approval', name: 'security', state: 'passed', evidence: 'given by eve: read it' }] },
    });
    const taken = await approve(0, { revoke: true });
    expect(taken.body.checklist).toMatchObject([{ state: 'waiting', todo: '`sluice approve app-3f2a --as security`' }]);
  });
});

describe('results', () => {
  const tests = { revision: 'v1.9.0', name: 'tests', outcome: 'pass', values: { coverage: 83.1 }, who: 'ci' };
  const kept = async (controls: MemoryControls) => {
    const state = await controls.policy();
    return state.value.attested;
  };

  it('are kept for a revision of a policy, before there is a release and while it runs', async () => {
    const { url, controls } = await testServer();
    const early = await postJson(`${url}/api/v1/policies/app/attest`, tests);
    expect(early).toMatchObject({ status: 200, body: { ...tests, caller: null, reason: '' } });
    await controls.put(bakingRelease());
    const audit = { ...tests, name: 'audit', outcome: 'fail', values: {} };
    expect(await postJson(`${url}${releases}/app/attest`, audit)).toMatchObject({
      status: 200,
      body: { id: 'app-3f2a' },
    });
    expect(await kept(controls)).toMatchObject([tests, audit]);
  });

  it.each([
    [{ ...tests, revision: 'v2' }, 409, 'RevisionMismatch'],
    [{ ...tests, outcome: 'passed' }, 400, 'Invalid'],
    [{ ...tests, values: { coverage: '83' } }, 400, 'Invalid'],
    [{ ...tests, values: { '<b>': 1 } }, 400, 'Invalid'],
    [{ ...tests, name: 'Unit Tests' }, 400, 'Invalid'],
  ])('are refused: %o', async (body, status, reason) => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    expect(await postJson(`${url}${releases}/app/attest`, body)).toMatchObject({ status, body: { reason } });
    expect(await kept(controls)).toEqual([]);
  });
});

describe('the rest of the API', () => {
  it('lists policies', async () => {
    const { url } = await testServer();
    expect((await getJson(`${url}/api/v1/policies`)).body.policies).toMatchObject([{ name: 'app', stable: 'v1.8.2' }]);
  });

  it('answers in JSON where there is nothing', async () => {
    const { url } = await testServer();
    const { status, body } = await getJson(`${url}/nowhere`);
    expect({ status, reason: body.reason }).toEqual({ status: 404, reason: 'NotFound' });
  });
});
