import { createServer } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { accessOf } from '../../src/kube/access.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { accessTo, aList, anObject, aStatus, startKubeServer } from '../support/kube-server.ts';

const path = '/api/v1/namespaces/shop/configmaps/app';

describe('the client of Kubernetes', () => {
  it('asks with its credentials, and says who writes', async () => {
    const server = await startKubeServer(({ json }) => json(200, anObject('app', 7)));
    const client = server.client();
    expect(await client.get(path)).toMatchObject({
      ok: true,
      value: { metadata: { name: 'app', resourceVersion: '7' } },
    });
    await client.patch(path, { type: 'json', body: [] });
    const [get, patch] = server.calls;
    expect(get?.headers).toMatchObject({ authorization: 'Bearer secret', accept: 'application/json' });
    expect(patch?.headers['content-type']).toBe('application/json-patch+json');
    expect(patch?.query.get('fieldManager')).toBe('sluice');
  });

  it.each([
    ['merge', 'application/merge-patch+json'],
    ['strategic', 'application/strategic-merge-patch+json'],
    ['apply', 'application/apply-patch+yaml'],
  ] as const)('names the type of a %s patch', async (type, contentType) => {
    const server = await startKubeServer(({ json }) => json(200, anObject('app', 7)));
    await server.client().patch(path, { type, body: {}, force: true });
    expect(server.calls[0]?.headers['content-type']).toBe(contentType);
    expect(server.calls[0]?.query.get('force')).toBe('true');
  });

  it.each([
    ['GET', 404, 'NotFound', 'NotFound', false],
    ['POST', 409, 'AlreadyExists', 'AlreadyExists', false],
    ['PUT', 409, 'Conflict', 'Conflict', true],
    ['PATCH', 422, 'Invalid', 'Invalid', false],
    ['GET', 403, 'Forbidden', 'Forbidden', false],
    ['GET', 401, 'Unauthorized', 'Unauthorized', false],
    ['GET', 410, 'Expired', 'Gone', true],
    ['GET', 500, 'InternalError', 'ServerError', true],
    ['PATCH', 500, 'InternalError', 'Unknown', true],
    ['PUT', 504, 'Timeout', 'Unknown', true],
    ['PATCH', 400, 'BadRequest', 'BadRequest', false],
  ])('calls a %s that is answered with %i %s: %s', async (method, code, said, reason, retryable) => {
    const server = await startKubeServer(({ json }) => json(code, aStatus(code, said, 'so it is')));
    const client = server.client();
    const calls = {
      GET: () => client.get(path),
      POST: () => client.create(path, {}),
      PUT: () => client.replace(path, {}),
      PATCH: () => client.patch(path, { type: 'json', body: [] }),
    };
    const answer = await calls[method as keyof typeof calls]();
    expect(answer).toMatchObject({ ok: false, error: { reason, retryable, code } });
    if (!answer.ok) expect(answer.error.message).toContain('so it is');
  });

  it('does not know what became of a write without an answer, nor of one whose answer is no object', async () => {
    const server = await startKubeServer(({ path: asked, response }) => {
      if (asked.endsWith('garbage')) response.end('<html>');
      else if (asked.endsWith('reset')) response.destroy();
    });
    const client = server.client({ writeWithinMs: 50, readWithinMs: 50 });
    expect(await client.patch('/silent', { type: 'json', body: [] })).toMatchObject({
      ok: false,
      error: { reason: 'Unknown' },
    });
    expect(await client.replace('/reset', {})).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    expect(await client.replace('/garbage', {})).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    expect(await client.get('/silent')).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
    expect(await client.get('/garbage')).toMatchObject({ ok: false, error: { reason: 'Garbled' } });
  });

  it('knows that a write was not sent where nobody listens', async () => {
    const client = new KubeClient(accessTo(`http://127.0.0.1:${await freePort()}`));
    expect(await client.replace(path, {})).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
  });

  it('reads all pages of a list, and begins anew when the server has forgotten the list in between', async () => {
    let forgets = true;
    const server = await startKubeServer(({ query, json }) => {
      const from = query.get('continue');
      if (from === null) return json(200, aList(5, [anObject('a', 1), anObject('b', 2)], { continue: 'more' }));
      if (forgets) {
        forgets = false;
        return json(410, aStatus(410, 'Expired', 'too old'));
      }
      json(200, aList(5, [anObject('c', 3)]));
    });
    const listed = await server.client({ pageSize: 2 }).list('/api/v1/pods', { labelSelector: 'app=x' });
    expect(listed).toMatchObject({ ok: true, value: { version: '5' } });
    if (listed.ok) expect(listed.value.objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(
      server.calls.map(({ query }) => [query.get('limit'), query.get('continue'), query.get('labelSelector')]),
    ).toEqual([
      ['2', null, 'app=x'],
      ['2', 'more', 'app=x'],
      ['2', null, 'app=x'],
      ['2', 'more', 'app=x'],
    ]);
  });

  it('leaves a server alone that wants to be, but for what takes traffic away', async () => {
    let throttles = true;
    const server = await startKubeServer(({ json }) => {
      if (!throttles) return json(200, anObject('app', 1));
      throttles = false;
      json(429, aStatus(429, 'TooManyRequests', 'busy'), { 'retry-after': '0.3' });
    });
    const client = server.client();
    const refused = await client.get('/first');
    expect(refused).toMatchObject({ ok: false, error: { reason: 'Throttled', retryAfterMs: 300 } });
    const order: string[] = [];
    const ordinary = client.get('/ordinary').then(() => order.push('ordinary'));
    const urgent = client
      .patch('/urgent', { type: 'json', body: [], urgency: 'first' })
      .then(() => order.push('urgent'));
    const listed = client.list('/list', {}, 'first').then(() => order.push('list'));
    await Promise.all([ordinary, urgent, listed]);
    expect(order.at(-1)).toBe('ordinary');
    const calls = server.calls.map(({ path: asked }) => asked.split('?')[0]);
    expect(calls.toSorted()).toEqual(['/first', '/list', '/ordinary', '/urgent']);
    expect(calls.at(-1)).toBe('/ordinary');
  });

  it('has only so many calls under way, and what takes traffic away besides', async () => {
    const held: (() => void)[] = [];
    const server = await startKubeServer(({ path: asked, json }) => {
      const answer = (): void => json(200, anObject('app', 1));
      if (asked === '/urgent') answer();
      else held.push(answer);
    });
    const client = server.client({ most: 2 });
    const ordinary = [1, 2, 3].map((n) => client.get(`/${n}`));
    expect(await client.get('/urgent', { urgency: 'first' })).toMatchObject({ ok: true });
    expect(server.calls.filter(({ path: asked }) => asked !== '/urgent')).toHaveLength(2);
    while (held.length > 0) held.pop()?.();
    await Promise.all(ordinary.slice(0, 2));
    (await eventually(() => held.pop()))();
    expect(await ordinary[2]).toMatchObject({ ok: true });
  });

  it('keeps its connection, which the library would make anew for each call', async () => {
    const server = await startKubeServer(({ json }) => json(200, anObject('app', 1)));
    const client = server.client();
    for (let left = 5; left > 0; left--) await client.get(path);
    expect(server.connections()).toBe(1);
  });

  it('asks again when a read met a connection that was cut', async () => {
    let cuts = 1;
    const server = await startKubeServer(({ response, json }) => {
      if (cuts-- > 0) response.socket?.resetAndDestroy();
      else json(200, anObject('app', 1));
    });
    expect(await server.client().get(path)).toMatchObject({ ok: true });
  });

  it('says what is wrong with a configuration that names no cluster', () => {
    const config = new KubeConfig();
    config.loadFromOptions({ clusters: [], users: [], contexts: [], currentContext: 'gone' });
    expect(accessOf(config)).toMatchObject({ ok: false, error: { message: expect.stringContaining('"gone"') } });
  });

  it('gives up on an answer that drips', async () => {
    const server = createServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atTestEnd(() => server.close());
    const { port } = server.address() as { port: number };
    const client = new KubeClient(accessTo(`http://127.0.0.1:${port}`), { readWithinMs: 50 });
    expect(await client.get(path)).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
  });
});
